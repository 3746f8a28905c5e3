import { readFileSync } from 'node:fs'

const LENGTH_BYTES = 4
/** `placedAt` is the last field of the schema: a zigzag varint, six bytes in this century. */
const PLACED_AT_BYTES = 6
const PAYLOAD_BITS = 7n
const MORE = 0x80

/** Reads keys and values from the file that the bench has written for every program alike. */
export function readOrders(file, count) {
  const bytes = readFileSync(file)
  const orders = []
  let at = 0
  const take = () => {
    const start = at + LENGTH_BYTES
    at = start + bytes.readUInt32BE(at)
    return bytes.subarray(start, at)
  }
  while (orders.length < count && at < bytes.length) orders.push({ key: take(), value: take() })
  if (orders.length < count) throw new Error(`${file} holds ${orders.length} orders, not ${count}`)
  return orders
}

/** Says in the bytes of an order that it is placed now: the latency counts from there. */
export function placeNow(value, now) {
  let rest = BigInt(now) * 2n
  const start = value.length - PLACED_AT_BYTES
  for (let index = 0; index < PLACED_AT_BYTES; index += 1) {
    const isLast = index === PLACED_AT_BYTES - 1
    value[start + index] = Number(rest & 0x7fn) | (isLast ? 0 : MORE)
    rest >>= PAYLOAD_BITS
  }
  if (rest !== 0n) throw new RangeError(`${now} does not fit into ${PLACED_AT_BYTES} bytes`)
}
