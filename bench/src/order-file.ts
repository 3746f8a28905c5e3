import { closeSync, openSync, writeSync } from 'node:fs'
import { encodeOrder } from '@orders/platform/order-encoder'
import { createShop } from '@orders/producer/shop'
import { simulateOrder } from '@orders/producer/simulate'

/** One order as it lies on the topic. */
export interface EncodedOrder {
  key: Buffer
  value: Buffer
}

/** Which orders to make. */
export interface OrderSource {
  seed: number
  runId: string
  schemaId: number
  now: number
}

/** The orders of a bench, and how long they are on average. */
export interface OrderFile {
  file: string
  orders: EncodedOrder[]
  recordBytes: number
  jsonBytes: number
}

const LENGTH_BYTES = 4
const WRITE_BYTES = 1024 * 1024

/**
 * Makes orders with the project's own simulator and writes their bytes into a file, so that every
 * program sends and reads the same: length and bytes of the key, length and bytes of the value.
 */
export function writeOrderFile(file: string, count: number, source: OrderSource): OrderFile {
  const { seed, runId, schemaId, now } = source
  const shop = createShop(seed)
  const orders: EncodedOrder[] = []
  let [recordBytes, jsonBytes] = [0, 0]
  for (let index = 0; index < count; index += 1) {
    const order = simulateOrder({ shop, seed, runId, index, now })
    const encoded = { key: Buffer.from(order.customerId), value: encodeOrder(schemaId, order) }
    orders.push(encoded)
    recordBytes += encoded.key.length + encoded.value.length
    jsonBytes += Buffer.byteLength(JSON.stringify(order))
  }
  writeAll(file, orders)
  return {
    file,
    orders,
    recordBytes: Math.round(recordBytes / count),
    jsonBytes: Math.round(jsonBytes / count),
  }
}

function writeAll(file: string, orders: readonly EncodedOrder[]): void {
  const handle = openSync(file, 'w')
  let waiting: Buffer[] = []
  let bytes = 0
  const flush = (): void => {
    writeSync(handle, Buffer.concat(waiting))
    waiting = []
    bytes = 0
  }
  for (const { key, value } of orders) {
    waiting.push(lengthOf(key), key, lengthOf(value), value)
    bytes += key.length + value.length
    if (bytes >= WRITE_BYTES) flush()
  }
  flush()
  closeSync(handle)
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(bytes.length)
  return length
}
