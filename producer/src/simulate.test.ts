import { checkOrder, totalOf } from '@orders/schemas/order'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShop } from './shop.ts'
import { orderIdOf, simulateOrder } from './simulate.ts'

const RUN_ID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const NOW = Date.UTC(2026, 0, 1)
const shop = createShop(7)

function simulate(index: number, seed = 7) {
  return simulateOrder({ shop, seed, runId: RUN_ID, index, now: NOW })
}

function countBy(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

const thousands = Array.from({ length: 5000 }, (_, index) => simulate(index))
const points = fc.tuple(fc.nat(), fc.integer())

describe('simulateOrder', () => {
  it('makes only orders that keep the rules, at any place with any seed', () => {
    fc.assert(
      fc.property(points, ([index, seed]) => {
        expect(checkOrder(simulate(index, seed))).toHaveProperty('order')
      }),
    )
  })

  it('adds the lines up to the total', () => {
    fc.assert(
      fc.property(points, ([index, seed]) => {
        const { items, totalCents } = simulate(index, seed)
        expect(totalOf(items)).toBe(totalCents)
      }),
    )
  })

  it('gives the same order for the same arguments, whatever was asked before', () => {
    fc.assert(
      fc.property(points, fc.nat(), ([index, seed], other) => {
        const first = JSON.stringify(simulate(index, seed))
        simulate(other, seed)
        const again = { shop: createShop(7), seed, runId: RUN_ID, index, now: NOW }
        expect(JSON.stringify(simulateOrder(again))).toBe(first)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps to the orders that it has always made', () => {
    expect(simulate(3)).toMatchInlineSnapshot(`
      {
        "currency": "EUR",
        "customerEmail": "susanna.goldner@example.com",
        "customerId": "C-8ac5bc",
        "customerName": "Susanna Goldner",
        "items": [
          {
            "name": "Electronic Rubber Gloves",
            "quantity": 1,
            "sku": "GLOV-53711",
            "unitPriceCents": 23099,
          },
          {
            "name": "Rustic Steel Salad",
            "quantity": 1,
            "sku": "SALA-41293",
            "unitPriceCents": 11499,
          },
          {
            "name": "Recycled Wooden Keyboard",
            "quantity": 3,
            "sku": "KEYB-33298",
            "unitPriceCents": 21499,
          },
          {
            "name": "Intelligent Bamboo Chicken",
            "quantity": 1,
            "sku": "CHIC-13242",
            "unitPriceCents": 4999,
          },
        ],
        "orderId": "c812e1ed-b644-87d6-890d-000000000003",
        "placedAt": 1767225600000,
        "totalCents": 104094,
      }
    `)
  })

  it('makes other orders with another seed, and at the next place', () => {
    const bought = (index: number, seed: number) => {
      const { customerId, items } = simulate(index, seed)
      return JSON.stringify([customerId, items])
    }
    const seeds = new Set(Array.from({ length: 200 }, (_, seed) => bought(0, seed)))
    const places = new Set(Array.from({ length: 200 }, (_, index) => bought(index, 1)))
    expect(seeds.size).toBeGreaterThan(190)
    expect(places.size).toBeGreaterThan(190)
  })

  it('never has a product twice in one order', () => {
    for (const { items } of thousands) {
      expect(new Set(items.map(({ sku }) => sku)).size).toBe(items.length)
    }
  })

  it('lets customers come back, a few of them often, and forgets none', () => {
    const counts = [...countBy(thousands.map(({ customerId }) => customerId)).values()]
    counts.sort((left, right) => right - left)
    const best = counts.slice(0, 10).reduce((sum, count) => sum + count, 0)
    expect(counts.length).toBeGreaterThan(230)
    expect(best / thousands.length).toBeGreaterThan(0.4)
    expect(best / thousands.length).toBeLessThan(0.6)
  })

  it('sells the first product far more often than the last, and one or two pieces mostly', () => {
    const lines = thousands.flatMap(({ items }) => items)
    const sold = countBy(lines.map(({ sku }) => sku))
    const [first, last] = [shop.products.entries.at(0), shop.products.entries.at(-1)]
    expect(sold.get(first?.sku ?? '')).toBeGreaterThan(10 * (sold.get(last?.sku ?? '') ?? 0))
    const few = lines.filter(({ quantity }) => quantity <= 2).length
    expect(few / lines.length).toBeGreaterThan(0.7)
    expect(sold.size).toBe(60)
  })

  it('makes orders of one to six lines', () => {
    const lengths = new Set(thousands.map(({ items }) => items.length))
    expect(lengths).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  })
})

describe('orderIdOf', () => {
  it('never repeats an id in 100 000 orders of two runs', () => {
    const ids = new Set<string>()
    for (let index = 0; index < 50_000; index += 1) {
      ids.add(orderIdOf(RUN_ID, index)).add(orderIdOf('another run', index))
    }
    expect(ids.size).toBe(100_000)
  })

  it('tells run and index apart where they touch', () => {
    expect(orderIdOf('1', 11)).not.toBe(orderIdOf('11', 1))
  })

  it('is a UUID of version 8', () => {
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (let index = 0; index < 100; index += 1) expect(orderIdOf(RUN_ID, index)).toMatch(shape)
  })
})

describe('createShop', () => {
  it('makes the same shop from the same seed and another from another', () => {
    expect(createShop(7)).toEqual(shop)
    expect(createShop(8)).not.toEqual(shop)
  })

  it('gives every product and customer an id of its own', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { products, customers } = createShop(seed)
      expect(new Set(products.entries.map(({ sku }) => sku)).size).toBe(60)
      expect(new Set(customers.entries.map(({ id }) => id)).size).toBe(250)
    }
  })
})
