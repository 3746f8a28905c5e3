import { checkOrder } from '@orders/schemas/order'
import { orderType } from '@orders/schemas/order-avro'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ORDER_BYTES_MAX } from './larger-orders.ts'
import { createShop } from './shop.ts'
import { simulateOrder } from './simulate.ts'

const shop = createShop(7)

function simulate(index: number, bytes: number) {
  return simulateOrder({ shop, seed: 7, runId: 'run', index, now: Date.UTC(2026, 0, 1), bytes })
}

describe('larger orders', () => {
  it('keep the rules, and have about the size that was asked for', () => {
    const sizes = fc.integer({ min: 250, max: ORDER_BYTES_MAX })
    fc.assert(
      fc.property(fc.nat(), sizes, (index, bytes) => {
        const order = simulate(index, bytes)
        expect(checkOrder(order)).toHaveProperty('order')
        const size = orderType.toBuffer(order).length
        expect(size).toBeGreaterThan(0.9 * bytes)
        // A line more or less, each of at most 400 bytes.
        expect(size).toBeLessThan(bytes + 400)
      }),
    )
  })

  it('reach the largest size, and stay as they were below it', () => {
    const size = orderType.toBuffer(simulate(3, ORDER_BYTES_MAX)).length
    expect(size).toBeGreaterThanOrEqual(ORDER_BYTES_MAX - 100)
    const names = simulate(3, 20_000).items.map(({ name }) => name)
    expect(names.filter((name) => Buffer.byteLength(name) > name.length)).toEqual([])
  })

  it('never shrink below what the customer buys', () => {
    expect(simulate(3, 10)).toEqual(simulate(3, 0))
  })
})
