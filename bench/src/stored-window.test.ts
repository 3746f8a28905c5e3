import { expect, test } from 'vitest'
import { storedWindow } from './stored-window.ts'

test('the first fifth, and what was there when it was over, are not counted', () => {
  const samples = [
    { atMs: 0, stored: 0 },
    { atMs: 20, stored: 19 },
    { atMs: 40, stored: 60 },
    { atMs: 60, stored: 100 },
  ]
  expect(storedWindow(samples, 100)).toEqual({ fromMs: 40, toMs: 60, orders: 40 })
})

test('there is no window while orders are missing, or when all came at once', () => {
  expect(storedWindow([{ atMs: 0, stored: 99 }], 100)).toBeNull()
  expect(storedWindow([{ atMs: 0, stored: 100 }], 100)).toBeNull()
  expect(storedWindow([], 100)).toBeNull()
})
