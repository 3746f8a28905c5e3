import { expect, it } from 'vitest'
import { makeOrders } from '../../test/orders.ts'
import { contentOf } from './order-digest.ts'
import { storedOrder } from './redis-evidence.ts'

const [order] = makeOrders(1)
if (!order) throw new Error('no order')
const hash = {
  ...order,
  totalCents: String(order.totalCents),
  items: JSON.stringify(order.items),
  placedAt: new Date(order.placedAt).toISOString(),
  partition: '2',
  offset: '17',
  storedAt: '2026-01-01T00:00:00.000Z',
  deliveries: '3',
}

it('reads the same content as from the log', () => {
  const place = { partition: 2, offset: 17, deliveries: 3 }
  expect(storedOrder(order.orderId, hash)).toEqual({ ...contentOf(order), ...place })
})

it('sees every change', () => {
  const { digest } = contentOf(order)
  const changes = Object.keys(order).map((field) => ({ ...hash, [field]: 'x' }))
  const digests = changes.map((changed) => storedOrder(order.orderId, changed).digest)
  expect(new Set([digest, ...digests]).size).toBe(changes.length + 1)
})

it('takes a hash without a place for one that is nowhere', () => {
  const place = { partition: -1, offset: -1, deliveries: 4 }
  expect(storedOrder('an id', { deliveries: '4' })).toMatchObject({ orderId: 'an id', ...place })
})
