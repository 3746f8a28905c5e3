import type { Order } from '@orders/schemas/order'
import { orderType } from '@orders/schemas/order-avro'

/** The first byte of the wire format. */
export const MAGIC_BYTE = 0
/** The magic byte and the schema id, before the Avro itself. */
export const HEADER_BYTES = 5

const SLAB_BYTES = 64 * 1024
/** Where the next orders go: many share one piece of memory, which costs less than one for each. */
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
let used = 0

/** Puts an order into the wire format: a zero byte, the schema id, plain Avro. */
export function encodeOrder(schemaId: number, order: Order): Buffer {
  let end = orderType.encode(order, slab, used + HEADER_BYTES)
  if (end < 0) {
    const missing = -end
    const needed = slab.length - used + missing
    slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, needed))
    used = 0
    end = orderType.encode(order, slab, HEADER_BYTES)
  }
  const encoded = slab.subarray(used, end)
  encoded[0] = MAGIC_BYTE
  encoded.writeInt32BE(schemaId, 1)
  used = end
  return encoded
}
