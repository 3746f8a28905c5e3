import { checkOrder } from '@orders/schemas/order'
import { orders } from '@orders/schemas/order.arbitrary'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentOf } from './order-digest.ts'
import { findOrderProblem } from './order-rules.ts'

const MANY_LINES = Array.from({ length: 101 }, () => ({}))

const ODD: unknown[] = [
  [undefined, null, true, '', 'x', ' ', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(255)],
  ['\uFFFD', '\uD800', '😀', 'EUR', 'eur', '2f037383-fa5d-8ed7-8fcc-16fd6af8f352'],
  [0, -0, -1, 1, 1.5, NaN, Infinity, 10_000, 10_001, 2 ** 53 - 2, 2 ** 53 - 1, 2 ** 53],
  [Date.UTC(2000, 0, 1) - 1, Date.UTC(2100, 0, 1) - 1, Date.UTC(2100, 0, 1)],
  [[], {}, [null], [{}], MANY_LINES],
].flat()

it('says the same as the rules of the services', () => {
  const odd = fc.constantFrom(...ODD)
  fc.assert(
    fc.property(orders(), fc.nat(8), odd, fc.boolean(), (order, at, value, inLine) => {
      const changed: Record<string, unknown> = structuredClone(order)
      const line: Record<string, unknown> = { ...order.items[0] }
      const target = inLine ? line : changed
      target[[...Object.keys(target), 'stranger'][at] ?? 'stranger'] = value
      if (inLine) changed['items'] = [line, ...order.items.slice(1)]
      expect(findOrderProblem(changed) === null).toBe('order' in checkOrder(changed))
      expect(findOrderProblem(order)).toBeNull()
    }),
    { numRuns: 500 },
  )
  for (const value of ODD) expect(findOrderProblem(value)).not.toBeNull()
})

it('digests what an order says, not how', () => {
  fc.assert(
    fc.property(orders(), (order) => {
      const turned = Object.fromEntries(Object.entries(order).toReversed())
      expect(contentOf(turned)).toEqual(contentOf(order))
      const more = { ...order, placedAt: order.placedAt + 1 }
      expect(contentOf(more).digest).not.toBe(contentOf(order).digest)
    }),
    { numRuns: 50 },
  )
})
