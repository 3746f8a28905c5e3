import { expect, test } from 'vitest'
import { percentile, spreadOf } from './statistics.ts'

test('the middle of an even count lies between two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spreadOf([])).toBeNull()
})

test('a percentile is one of the numbers', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(numbers, 0.5)).toBe(50)
  expect(percentile(numbers, 0.99)).toBe(99)
  expect(percentile(numbers, 1)).toBe(100)
  expect(percentile([7], 0)).toBe(7)
  expect(percentile([], 0.5)).toBeNull()
})
