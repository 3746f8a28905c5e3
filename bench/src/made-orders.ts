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
}

/** The orders that consumers read, and how long they are on average. */
export interface MadeOrders {
  source: OrderSource
  orders: EncodedOrder[]
  recordBytes: number
  jsonBytes: number
}

/** Makes orders with the project's own simulator, as every producer of a bench does for itself. */
export function makeOrders(count: number, source: OrderSource, now: number): MadeOrders {
  const { seed, runId, schemaId } = source
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
  return {
    source,
    orders,
    recordBytes: Math.round(recordBytes / count),
    jsonBytes: Math.round(jsonBytes / count),
  }
}
