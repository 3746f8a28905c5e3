import { createShop } from '@orders/producer/shop'
import { simulateOrder } from '@orders/producer/simulate'
import { orderType } from '@orders/schemas/order-avro'

const HEADER_BYTES = 5

/**
 * Makes orders as the project's own producer makes them, and encodes them the usual way: a header,
 * and what avsc gives, put together.
 */
export function orderMaker({ seed, runId, schemaId, bytes }) {
  const shop = createShop(seed)
  return (index, now) => {
    const order = simulateOrder({ shop, seed, runId, index, now, bytes })
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeInt32BE(schemaId, 1)
    return {
      key: Buffer.from(order.customerId),
      value: Buffer.concat([header, orderType.toBuffer(order)]),
    }
  }
}
