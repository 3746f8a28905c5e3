import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('several orders a write are only for commits in the background', () => {
  expect(readConfig({ COMMIT_MODE: 'background', WRITE_SIZE: '50' })).toMatchObject({
    COMMIT_MODE: 'background',
    WRITE_SIZE: 50,
  })
  expect(readConfig({})).toMatchObject({ COMMIT_MODE: 'each', WRITE_SIZE: 1 })
  expect(() => readConfig({ WRITE_SIZE: '10' })).toThrow(/^bad settings: WRITE_SIZE="10" must be 1/)
  expect(() => readConfig({ COMMIT_MODE: 'background', WRITE_SIZE: '101' })).toThrow(
    /whole number from 1 to 100$/,
  )
})
