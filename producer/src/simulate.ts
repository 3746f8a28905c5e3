import { hash } from 'node:crypto'
import { type Order, type OrderLine, totalOf } from '@orders/schemas/order'
import { createRandom, type Random } from './random.ts'
import type { Product, Ranked, Shop } from './shop.ts'

/** Which order to make up. */
export interface SimulationPoint {
  shop: Shop
  /** Decides who buys what. */
  seed: number
  /** A UUID of this run of the producer: with it no order id ever comes twice. */
  runId: string
  /** The place of the order in the run, from 0. */
  index: number
  /** When the order is placed, in ms since 1970. */
  now: number
}

/** How many lines an order has: one entry for each of equally likely cases. */
const LINE_COUNTS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6]
/** How many pieces a line has, in the same way. */
const QUANTITIES = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 4, 6]

/** Makes up one order: the same arguments give the same order, in any sequence of calls. */
export function simulateOrder({ shop, seed, runId, index, now }: SimulationPoint): Order {
  const random = createRandom(seed, index)
  const customer = chooseRanked(shop.customers, random)
  const products = [...chooseProducts(shop, random)]
  const items = products.map((product) => lineOf(product, random))
  return {
    orderId: orderIdOf(runId, index),
    customerId: customer.id,
    customerName: customer.name,
    customerEmail: customer.email,
    items,
    currency: shop.currency,
    totalCents: totalOf(items),
    placedAt: now,
  }
}

/** The id of an order: a UUID of version 8 that holds 122 bits of the SHA-256 of run and index. */
export function orderIdOf(runId: string, index: number): string {
  const hex = hash('sha256', `${runId}/${index}`)
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}` +
    `-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  )
}

function chooseProducts(shop: Shop, random: Random): Set<Product> {
  const { entries } = shop.products
  const count = Math.min(choose(LINE_COUNTS, random), entries.length)
  const chosen = new Set<Product>()
  while (chosen.size < count) {
    let at = chooseRank(shop.products, random)
    // Already in the basket: the next one that is not, so that this always ends.
    while (chosen.has(entryAt(entries, at))) at = (at + 1) % entries.length
    chosen.add(entryAt(entries, at))
  }
  return chosen
}

function lineOf({ sku, name, unitPriceCents }: Product, random: Random): OrderLine {
  return { sku, name, quantity: choose(QUANTITIES, random), unitPriceCents }
}

function choose<T>(entries: readonly T[], random: Random): T {
  return entryAt(entries, random.below(entries.length))
}

function chooseRanked<T>(ranked: Ranked<T>, random: Random): T {
  return entryAt(ranked.entries, chooseRank(ranked, random))
}

/** Finds by bisection the first entry whose sum of weights is above a random number. */
function chooseRank({ weightSums }: Ranked<unknown>, random: Random): number {
  const target = random.below(entryAt(weightSums, weightSums.length - 1))
  let low = 0
  let high = weightSums.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entryAt(weightSums, middle) > target) high = middle
    else low = middle + 1
  }
  return low
}

function entryAt<T>(entries: readonly T[], at: number): T {
  const entry = entries[at]
  if (entry === undefined) throw new RangeError(`no entry ${at} among ${entries.length}`)
  return entry
}
