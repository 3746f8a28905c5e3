import { median } from '@orders/drills/statistics'
import { expect, test } from 'vitest'
import { arrivedKey, madeAtOf } from './arrivals.ts'
import { fineClock } from './fine-clock.ts'

const MADE = Date.parse('2026-01-01T00:00:00.250Z')

test('an order has come when its key is made, as a hash or as a string', () => {
  expect(arrivedKey('__keyspace@0__:t:auto:a:b', 'hset')).toBe('t:auto:a:b')
  expect(arrivedKey('__keyspace@0__:t:peer:a', 'set')).toBe('t:peer:a')
})

test('what else is done to a key is no arrival', () => {
  expect(arrivedKey('__keyspace@0__:t:auto:a', 'hincrby')).toBeNull()
  expect(arrivedKey('__keyspace@0__:t:auto:a', 'del')).toBeNull()
  expect(arrivedKey('__keyevent@0__:hset', 't:auto:a')).toBeNull()
})

test('both kinds of rows keep when an order was made', () => {
  expect(madeAtOf('2026-01-01T00:00:00.250Z', true)).toBe(MADE)
  expect(madeAtOf(JSON.stringify({ orderId: 'a', placedAt: MADE }), false)).toBe(MADE)
})

test('what does not say it is not counted', () => {
  for (const isHash of [true, false]) {
    for (const kept of [null, '', 'null', '{}', '{"placedAt":"soon"}', 'no JSON']) {
      expect(madeAtOf(kept, isHash)).toBeNull()
    }
  }
})

test('the finer clock agrees with the usual one', () => {
  const now = fineClock()
  const apart = Array.from({ length: 99 }, () => {
    const before = Date.now()
    const fine = now()
    return fine - before
  })
  // Whole ms against a finer clock: somewhere in that ms, unless the core was taken away.
  expect(median(apart)).toBeGreaterThan(-0.5)
  expect(median(apart)).toBeLessThan(1.5)
})
