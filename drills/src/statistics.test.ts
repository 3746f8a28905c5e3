import { expect, test } from 'vitest'
import { median, seconds, sum, worst } from './statistics.ts'

test('the median of an odd and of an even count', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})

test('nothing has neither a median nor a worst', () => {
  expect(median([])).toBeNull()
  expect(worst([])).toBeNull()
  expect(sum([])).toBe(0)
})

test('the worst is the largest', () => {
  expect(worst([3, 9, 1])).toBe(9)
})

test('seconds for people', () => {
  expect(seconds(1_234)).toBe('1.2 s')
  expect(seconds(null)).toBe('–')
})
