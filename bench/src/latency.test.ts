import { expect, test } from 'vitest'
import { latencyOf, readPassages, windowOf } from './latency.ts'

const MADE = Date.parse('2026-01-01T00:00:00.000Z')
const STORED = String(MADE / 1_000 + 0.0025)

test('an order of ours is a hash that names when it was placed', () => {
  const args = ['HSET', 'orders:auto:a', 'orderId', 'a', 'placedAt', '2026-01-01T00:00:00.000Z']
  const [passage] = readPassages(STORED, args)
  expect(passage).toMatchObject({ key: 'orders:auto:a', madeAtMs: MADE })
  expect(passage?.storedAtMs).toBeCloseTo(MADE + 2.5, 1)
})

test('an order of another client is a string of JSON', () => {
  const args = ['set', 'orders:peer:a', JSON.stringify({ orderId: 'a', placedAt: MADE })]
  expect(readPassages(STORED, args)).toMatchObject([{ key: 'orders:peer:a', madeAtMs: MADE }])
})

test('what else Redis does is no order', () => {
  expect(readPassages(STORED, ['hset', 'positions:orders:auto:0', 'next', '7'])).toEqual([])
  expect(readPassages(STORED, ['evalsha', 'f00', '1', 'key', 'placedAt', 'x'])).toEqual([])
  expect(readPassages(STORED, ['set', 'key', 'no JSON'])).toEqual([])
  expect(readPassages(STORED, ['set', 'key', 'null'])).toEqual([])
  expect(readPassages(STORED, [])).toEqual([])
})

test('the first fifth is dropped: programs are still warming up', () => {
  const passages = Array.from({ length: 100 }, (_, index) => ({
    key: `${index}`,
    madeAtMs: index,
    storedAtMs: index + (index < 20 ? 1_000 : 2),
  }))
  expect(latencyOf(passages)).toEqual({ p50Ms: 2, p99Ms: 2 })
  expect(windowOf(passages)).toEqual({ fromMs: 0, toMs: 1_019 })
  expect(latencyOf([])).toBeNull()
  expect(windowOf([])).toBeNull()
})
