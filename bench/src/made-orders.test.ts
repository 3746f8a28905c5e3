import { expect, test } from 'vitest'
import { makeOrders, measureOrders, type EncodedOrder, type OrderSource } from './made-orders.ts'

/** The half of it that the other clients have. */
interface PeerSide {
  orderMaker(source: OrderSource): (index: number, now: number) => EncodedOrder
}

const NOW = Date.parse('2026-01-01T00:00:00Z')
const SOURCE = { seed: 7, runId: 'a run', schemaId: 3, bytes: 0 }
const peers = new URL('../peers/made-orders.mjs', import.meta.url).href
const { orderMaker } = (await import(peers)) as PeerSide

test.each([
  [0, 300],
  [3_000, 100],
  [30_000, 20],
])('the other clients make the same orders, byte by byte: %s bytes', (bytes, count) => {
  const source = { ...SOURCE, bytes }
  const make = orderMaker(source)
  const ours = [...makeOrders(count, source, NOW)].map(({ key, value }) => ({ key, value }))
  expect(ours.map((_, index) => make(index, NOW))).toEqual(ours)
})

test('says how long an order is on average', () => {
  const orders = [...makeOrders(1_000, SOURCE, NOW)]
  const { recordBytes, jsonBytes } = measureOrders(SOURCE, NOW)
  const sum = orders.reduce((bytes, { key, value }) => bytes + key.length + value.length, 0)
  expect(recordBytes).toBe(Math.round(sum / orders.length))
  expect(jsonBytes).toBeGreaterThan(recordBytes)
})
