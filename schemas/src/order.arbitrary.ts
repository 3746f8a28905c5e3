import fc from 'fast-check'
import { ORDER_LINES_MAX, type Order, QUANTITY_MAX, totalOf } from './order.ts'
import { CENTS_MAX, PLACED_AT_MS_MAX, PLACED_AT_MS_MIN, TEXT_LENGTH_MAX } from './order.ts'

/** So that the largest order of all (100 lines of 10 000 pieces) still adds up exactly. */
const UNIT_PRICE_CENTS_MAX = Math.floor(CENTS_MAX / (ORDER_LINES_MAX * QUANTITY_MAX))

/** Valid orders of every shape, for property tests. */
export function orders(): fc.Arbitrary<Order> {
  return fc
    .record({
      orderId: fc.uuid(),
      customerId: texts(TEXT_LENGTH_MAX.id),
      customerName: texts(TEXT_LENGTH_MAX.name),
      customerEmail: texts(TEXT_LENGTH_MAX.email),
      items: fc.array(lines(), { minLength: 1, maxLength: ORDER_LINES_MAX }),
      currency: fc.stringMatching(/^[A-Z]{3}$/),
      placedAt: fc.integer({ min: PLACED_AT_MS_MIN, max: PLACED_AT_MS_MAX }),
    })
    .map((order) => ({ ...order, totalCents: totalOf(order.items) }))
}

function lines(): fc.Arbitrary<Order['items'][number]> {
  return fc.record({
    sku: texts(TEXT_LENGTH_MAX.id),
    name: texts(TEXT_LENGTH_MAX.name),
    quantity: fc.integer({ min: 1, max: QUANTITY_MAX }),
    unitPriceCents: fc.integer({ min: 0, max: UNIT_PRICE_CENTS_MAX }),
  })
}

// Any characters at all, line breaks and NUL included, but none that UTF-8 cannot carry.
function texts(maxLength: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'binary', minLength: 1, maxLength: Math.floor(maxLength / 2) })
    .map((text) => text.replaceAll('\uFFFD', '?'))
}
