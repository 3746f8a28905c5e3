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
  /** Each is filled up to about so many bytes; 0 is as customers buy. */
  bytes: number
}

/** The orders of a bench, and how long they are on average. */
export interface MadeOrders {
  source: OrderSource
  recordBytes: number
  jsonBytes: number
}

const SAMPLE = 1_000

/** Makes so many orders with the project's own simulator, as every producer of a bench does. */
export function* makeOrders(
  count: number,
  { seed, runId, schemaId, bytes }: OrderSource,
  now: number,
): Generator<EncodedOrder & { jsonBytes: number }> {
  const shop = createShop(seed)
  for (let index = 0; index < count; index += 1) {
    const order = simulateOrder({ shop, seed, runId, index, now, bytes })
    yield {
      key: Buffer.from(order.customerId),
      value: encodeOrder(schemaId, order),
      jsonBytes: Buffer.byteLength(JSON.stringify(order)),
    }
  }
}

/** Looks at the first thousand orders of a source. */
export function measureOrders(source: OrderSource, now: number): MadeOrders {
  let [recordBytes, jsonBytes] = [0, 0]
  for (const order of makeOrders(SAMPLE, source, now)) {
    recordBytes += order.key.length + order.value.length
    jsonBytes += order.jsonBytes
  }
  return {
    source,
    recordBytes: Math.round(recordBytes / SAMPLE),
    jsonBytes: Math.round(jsonBytes / SAMPLE),
  }
}
