import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orderType } from '@orders/schemas/order-avro'
import { afterAll, expect, test } from 'vitest'
import { writeOrderFile, type EncodedOrder } from './order-file.ts'

/** The half of it that the other clients have. */
interface PeerSide {
  readOrders(file: string, count: number): EncodedOrder[]
  placeNow(value: Buffer, now: number): void
}

const folder = mkdtempSync(join(tmpdir(), 'orders-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NOW = Date.parse('2026-01-01T00:00:00Z')
const SOURCE = { seed: 7, runId: 'a run', schemaId: 3, now: NOW }
const HEADER_BYTES = 5
const peers = new URL('../peers/order-file.mjs', import.meta.url).href
const { readOrders, placeNow } = (await import(peers)) as PeerSide

test('the other clients read what was written, byte by byte', () => {
  const { file, orders } = writeOrderFile(join(folder, 'orders.bin'), 300, SOURCE)
  expect(readOrders(file, 300)).toEqual(orders)
  expect(readOrders(file, 10)).toEqual(orders.slice(0, 10))
  expect(() => readOrders(file, 301)).toThrow(/holds 300 orders, not 301/)
})

test('says how long an order is on average', () => {
  const { file, orders, recordBytes, jsonBytes } = writeOrderFile(join(folder, 'b'), 50, SOURCE)
  const lengths = readFileSync(file).length - 8 * orders.length
  expect(recordBytes).toBe(Math.round(lengths / orders.length))
  expect(jsonBytes).toBeGreaterThan(recordBytes)
})

test('an order that is placed later differs in nothing else', () => {
  const [order] = writeOrderFile(join(folder, 'c'), 1, SOURCE).orders
  if (order === undefined) throw new Error('no order')
  const decode = (): object => orderType.fromBuffer(order.value.subarray(HEADER_BYTES)) as object
  const before = decode()
  for (const later of [NOW + 1, NOW + 123_456_789]) {
    placeNow(order.value, later)
    expect(decode()).toEqual({ ...before, placedAt: later })
  }
})

test('a time that does not fit is an error, not another order', () => {
  const [order] = writeOrderFile(join(folder, 'd'), 1, SOURCE).orders
  expect(() => placeNow(order?.value ?? Buffer.alloc(0), 2 ** 42)).toThrow(/does not fit/)
})
