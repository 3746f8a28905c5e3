import { orderType } from '@orders/schemas/order-avro'
import { orders } from '@orders/schemas/order.arbitrary'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleOrder } from './ledger.samples.ts'
import { encodeOrder, HEADER_BYTES } from './order-encoder.ts'

/** A valid order with so many lines; 100 long ones are more than a slab holds. */
function orderOf(lines: number, name: string) {
  const line = { sku: 'A-1', name, quantity: 1, unitPriceCents: 5 }
  return { ...sampleOrder(lines), items: Array(lines).fill(line), totalCents: 5 * lines }
}

test('is a zero byte, the schema id and plain Avro, and stays so while others are encoded', () => {
  const order = fc.record({
    lines: fc.integer({ min: 1, max: 100 }),
    name: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
    schemaId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  const manyOrders = fc.property(fc.array(order, { maxLength: 60 }), (wanted) => {
    const encoded = wanted.map(({ lines, name, schemaId }) => {
      return encodeOrder(schemaId, orderOf(lines, name))
    })
    encoded.forEach((bytes, i) => {
      const { lines = 0, name = '', schemaId = 0 } = wanted[i] ?? {}
      const payload = orderType.toBuffer(orderOf(lines, name))
      expect(bytes[0]).toBe(0)
      expect(bytes.readInt32BE(1)).toBe(schemaId)
      expect(bytes.subarray(5).equals(payload)).toBe(true)
    })
  })
  fc.assert(manyOrders, { numRuns: 50 })
})

test('is what the Avro library makes of any order', () => {
  fc.assert(
    fc.property(orders(), (order) => {
      expect(encodeOrder(3, order).subarray(HEADER_BYTES)).toEqual(orderType.toBuffer(order))
    }),
  )
})

test('takes an order that is larger than a slab', () => {
  const large = orderOf(100, '😀'.repeat(200))
  const bytes = encodeOrder(7, large)
  expect(bytes.length).toBeGreaterThan(80_000)
  expect(orderType.fromBuffer(bytes.subarray(5))).toMatchObject({ orderId: large.orderId })
})

test('refuses what is no order, and goes on', () => {
  const wrong = { ...sampleOrder(1), totalCents: 'many' } as never
  expect(() => encodeOrder(1, wrong)).toThrow(/many is no whole number/)
  expect(encodeOrder(1, sampleOrder(1)).length).toBeGreaterThan(50)
})
