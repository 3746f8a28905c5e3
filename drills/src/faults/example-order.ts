import { randomUUID } from 'node:crypto'
import type { Order } from '@orders/schemas/order'

/** A good order that nobody has seen before; its id is new each time, whatever the seed. */
export function exampleOrder(customerId: string): Order {
  return {
    orderId: randomUUID(),
    customerId,
    customerName: 'Zoë Example',
    customerEmail: 'zoe@example.org',
    items: [
      { sku: 'P-1', name: 'Kettle', quantity: 2, unitPriceCents: 2_499 },
      { sku: 'P-2', name: 'Tea, loose', quantity: 1, unitPriceCents: 850 },
    ],
    currency: 'EUR',
    totalCents: 5_848,
    placedAt: Date.now(),
  }
}
