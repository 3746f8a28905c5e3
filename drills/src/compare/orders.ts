import { createHash } from 'node:crypto'
import { totalOf, type Order } from '@orders/schemas/order'
import { createRandom } from '../random.ts'

const CUSTOMERS = 60
const PRODUCTS = 20
const QUANTITY_MAX = 3
const PRICE_CENTS_MAX = 20_000

/** Makes up orders: the same seed and count, the same orders with the same ids. */
export function makeOrders(seed: number, count: number, now: number): Order[] {
  return Array.from({ length: count }, (_, index) => makeOrder(seed, index, now))
}

function makeOrder(seed: number, index: number, now: number): Order {
  const random = createRandom(seed, 'compare orders', index)
  const customer = random.whole(1, CUSTOMERS)
  const product = random.whole(1, PRODUCTS)
  const items = [
    {
      sku: `P-${product}`,
      name: `Product ${product}`,
      quantity: random.whole(1, QUANTITY_MAX),
      unitPriceCents: random.whole(1, PRICE_CENTS_MAX),
    },
  ]
  return {
    orderId: idOf(seed, index),
    customerId: `C-${customer}`,
    customerName: `Customer ${customer}`,
    customerEmail: `customer.${customer}@example.com`,
    items,
    currency: 'EUR',
    totalCents: totalOf(items),
    placedAt: now,
  }
}

/** A UUID of version 8 out of seed and index. */
function idOf(seed: number, index: number): string {
  const hex = createHash('sha256').update(`${seed}/${index}`).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ]
  return [...parts, hex.slice(20, 32)].join('-')
}
