import { expect, test } from 'vitest'
import { LineLimiter } from './logger.ts'

test('lets so many lines a second through and tells how many it left out', () => {
  const skipped: number[] = []
  const limiter = new LineLimiter((count) => skipped.push(count), 3)
  const admitted = Array.from({ length: 10 }, () => limiter.admit(1_500)).filter(Boolean)
  expect(admitted).toHaveLength(3)
  expect(skipped).toEqual([])
  expect(limiter.admit(2_000)).toBe(true)
  expect(skipped).toEqual([7])
})

test('says nothing when nothing was left out', () => {
  const skipped: number[] = []
  const limiter = new LineLimiter((count) => skipped.push(count), 3)
  for (const now of [0, 1_000, 2_000, 3_000]) limiter.admit(now)
  expect(skipped).toEqual([])
})

test('takes many lines at once as it takes them one by one', () => {
  const skipped: number[] = []
  const limiter = new LineLimiter((count) => skipped.push(count), 3)
  expect([2, 4, 5].map((lines) => limiter.admitSome(lines, 1_500))).toEqual([2, 1, 0])
  expect(limiter.admit(1_999)).toBe(false)
  expect(limiter.admitSome(1, 2_000)).toBe(1)
  expect(skipped).toEqual([9])
})

test('leaves many lines out at once, only when every one of them is too many', () => {
  const skipped: number[] = []
  const limiter = new LineLimiter((count) => skipped.push(count), 3)
  limiter.admit(1_100)
  expect(limiter.skip(1_200, 10)).toBe(false)
  for (const now of [1_300, 1_400]) expect(limiter.admit(now)).toBe(true)
  expect(limiter.skip(1_500, 10)).toBe(true)
  expect(limiter.admit(1_600)).toBe(false)
  expect(limiter.skip(2_000, 10)).toBe(false)
  expect(skipped).toEqual([11])
})
