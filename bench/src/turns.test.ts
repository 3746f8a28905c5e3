import { expect, test } from 'vitest'
import { inTurns } from './turns.ts'

test('everything once before anything twice, and each turn begins one further on', () => {
  const turns = inTurns(['a', 'b', 'c'], 2).map(({ rep, of }) => `${rep}${of}`)
  expect(turns).toEqual(['1a', '1b', '1c', '2b', '2c', '2a'])
})

test('nothing at all stays nothing', () => {
  expect(inTurns([], 3)).toEqual([])
})
