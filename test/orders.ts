import { randomUUID } from 'node:crypto'
import { createShop } from '@orders/producer/shop'
import { simulateOrder } from '@orders/producer/simulate'
import type { Order } from '@orders/schemas/order'

const SEED = 7

/** Makes valid orders that nobody has seen before. */
export function makeOrders(count: number): Order[] {
  const shop = createShop(SEED)
  const runId = randomUUID()
  return Array.from({ length: count }, (_, index) =>
    simulateOrder({ shop, seed: SEED, runId, index, now: Date.now() }),
  )
}
