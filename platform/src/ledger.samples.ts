import type { Order } from '@orders/schemas/order'

/** A valid order for tests of the ledger: the same number gives the same order. */
export function sampleOrder(number: number, customerName = 'Zoë "Z" Müller\n😀'): Order {
  return {
    orderId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    customerId: `C-${number % 7}`,
    customerName,
    customerEmail: 'zoe@example.com',
    items: [{ sku: 'A-1', name: 'Chair', quantity: 2, unitPriceCents: 150 }],
    currency: 'EUR',
    totalCents: 300,
    placedAt: Date.UTC(2026, 0, 1) + number,
  }
}
