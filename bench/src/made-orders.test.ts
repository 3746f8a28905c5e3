import { expect, test } from 'vitest'
import { makeOrders, type EncodedOrder, type OrderSource } from './made-orders.ts'

/** The half of it that the other clients have. */
interface PeerSide {
  orderMaker(source: OrderSource): (index: number, now: number) => EncodedOrder
}

const NOW = Date.parse('2026-01-01T00:00:00Z')
const SOURCE = { seed: 7, runId: 'a run', schemaId: 3 }
const peers = new URL('../peers/made-orders.mjs', import.meta.url).href
const { orderMaker } = (await import(peers)) as PeerSide

test('the other clients make the same orders, byte by byte', () => {
  const { orders } = makeOrders(300, SOURCE, NOW)
  const make = orderMaker(SOURCE)
  expect(orders.map((_, index) => make(index, NOW))).toEqual(orders)
})

test('says how long an order is on average', () => {
  const { orders, recordBytes, jsonBytes } = makeOrders(50, SOURCE, NOW)
  const sum = orders.reduce((bytes, { key, value }) => bytes + key.length + value.length, 0)
  expect(recordBytes).toBe(Math.round(sum / orders.length))
  expect(jsonBytes).toBeGreaterThan(recordBytes)
})
