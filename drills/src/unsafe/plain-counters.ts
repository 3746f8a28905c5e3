import type { RedisClient } from '@orders/platform/redis'
import type { Order } from '@orders/schemas/order'
import { orderType } from '@orders/schemas/order-avro'

const WIRE_HEADER_BYTES = 5

/** How often each order has had its effect, by order id. */
export function effectsKey(prefix: string): string {
  return `${prefix}:effects`
}

/** The sum of all orders, as a shop would show it. */
export function revenueKey(prefix: string): string {
  return `${prefix}:revenueCents`
}

/** Counts an order the plain way: nothing here knows whether it was counted before. */
export async function countOrder(
  redis: RedisClient,
  prefix: string,
  value: Buffer | null,
): Promise<void> {
  const payload = (value ?? Buffer.alloc(0)).subarray(WIRE_HEADER_BYTES)
  const { orderId, totalCents } = orderType.fromBuffer(payload) as Order
  await redis.hincrby(effectsKey(prefix), orderId, 1)
  await redis.incrby(revenueKey(prefix), totalCents)
}
