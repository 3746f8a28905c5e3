import { expect, test } from 'vitest'
import { storedWindow } from './stored-window.ts'

test('what was there at the first look is not counted', () => {
  const samples = [
    { atMs: 0, stored: 0 },
    { atMs: 20, stored: 10 },
    { atMs: 40, stored: 60 },
    { atMs: 60, stored: 100 },
  ]
  expect(storedWindow(samples, 100)).toEqual({ fromMs: 20, toMs: 60, orders: 90 })
})

test('there is no window while orders are missing, or when all came at once', () => {
  expect(storedWindow([{ atMs: 0, stored: 99 }], 100)).toBeNull()
  expect(storedWindow([{ atMs: 0, stored: 100 }], 100)).toBeNull()
  expect(storedWindow([], 100)).toBeNull()
})
