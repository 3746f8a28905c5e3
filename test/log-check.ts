import { orderType } from '@orders/schemas/order-avro'
import type { Order } from '@orders/schemas/order'
import type { LogRecord } from './read-topic.ts'

/** What a producer was told: this order is at this place. */
export interface Acknowledgement {
  order: Order
  partition: number
  offset: bigint
}

const HEADER_BYTES = 5

/** The order in a good record. */
export function orderOf({ value }: LogRecord): Order {
  return orderType.fromBuffer(value?.subarray(HEADER_BYTES) ?? Buffer.alloc(0)) as Order
}

/** One sentence for each acknowledged order that is not where the acknowledgement says. */
export function findLosses(acknowledged: Acknowledgement[], log: LogRecord[]): string[] {
  const places = new Map(log.map((record) => [`${record.partition}/${record.offset}`, record]))
  return acknowledged.flatMap(({ order, partition, offset }) => {
    const place = `${partition}/${offset}`
    const record = places.get(place)
    if (!record) return `${order.orderId} was acknowledged at ${place}, where nothing is`
    const found = orderOf(record).orderId
    if (found === order.orderId && record.key?.toString() === order.customerId) return []
    const somewhere = log.some((other) => orderOf(other).orderId === order.orderId)
    const fate = somewhere ? 'which is elsewhere' : 'which is nowhere'
    return `${place} holds ${found}, acknowledged there was ${order.orderId}, ${fate}`
  })
}

/** One sentence for each customer whose orders are on the log in another order than sent. */
export function findDisorder(sent: Order[], log: LogRecord[]): string[] {
  const first = new Map<string, Order>()
  for (const record of log) {
    const order = orderOf(record)
    if (!first.has(order.orderId)) first.set(order.orderId, order)
  }
  const wanted = byCustomer(sent.filter(({ orderId }) => first.has(orderId)))
  const found = byCustomer([...first.values()])
  return [...wanted].flatMap(([customerId, ids]) => {
    const actual = found.get(customerId) ?? ''
    return actual === ids ? [] : `${customerId}: sent ${ids}, on the log ${actual}`
  })
}

function byCustomer(orders: Order[]): Map<string, string> {
  const ids = new Map<string, string>()
  for (const { customerId, orderId } of orders) {
    ids.set(customerId, `${ids.get(customerId) ?? ''} ${orderId}`)
  }
  return ids
}
