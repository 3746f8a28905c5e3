import { hash } from 'node:crypto'
import { type Order, type OrderLine, totalOf } from '@orders/schemas/order'
import { addLinesUpTo } from './larger-orders.ts'
import { createRandom, type Random } from './random.ts'
import type { Shop } from './shop.ts'

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
  /** Adds lines up to about so many bytes; as customers buy when left out, or 0. */
  bytes?: number
}

/** How many lines an order has: one entry for each of equally likely cases. */
const LINE_COUNTS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6]
/** How many pieces a line has, in the same way. */
const QUANTITIES = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 4, 6]

/** Makes up one order: the same arguments give the same order, in any sequence of calls. */
export function simulateOrder(point: SimulationPoint): Order {
  const { shop, seed, runId, index, now, bytes = 0 } = point
  const random = createRandom(seed, index)
  const { entries, weightSums } = shop.customers
  const customer = entryAt(entries, chooseRank(weightSums, random))
  const items = simulateLines(shop, random)
  if (bytes > 0) addLinesUpTo(bytes, items, shop.products.entries, random)
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

/** How many orders of one run have ids of their own. */
const INDEX_MAX = 2 ** 48 - 1

/**
 * The id of an order: a UUID of version 8 (RFC 9562) whose first 74 free bits tell the run, and
 * whose last group is the index in hex. So no two orders of a run can ever share one.
 */
export function orderIdOf(runId: string, index: number): string {
  if (!(index <= INDEX_MAX)) throw new RangeError(`no id for order ${index} of a run`)
  if (runId !== lastRun.id) lastRun = { id: runId, prefix: prefixOf(runId) }
  return lastRun.prefix + index.toString(16).padStart(12, '0')
}

/** A hash costs as much as all the rest of an order, and it is the same for a whole run. */
let lastRun = { id: '', prefix: prefixOf('') }

function prefixOf(runId: string): string {
  const hex = hash('sha256', runId)
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}` +
    `-${variant}${hex.slice(17, 20)}-`
  )
}

function simulateLines({ products }: Shop, random: Random): OrderLine[] {
  const { entries, weightSums } = products
  const count = Math.min(choose(LINE_COUNTS, random), entries.length)
  const items: OrderLine[] = []
  const chosen: number[] = []
  while (chosen.length < count) {
    let at = chooseRank(weightSums, random)
    // Already in the basket: the next one that is not, so that this always ends.
    while (chosen.includes(at)) at = (at + 1) % entries.length
    chosen.push(at)
  }
  for (const at of chosen) {
    const { sku, name, unitPriceCents } = entryAt(entries, at)
    items.push({ sku, name, quantity: choose(QUANTITIES, random), unitPriceCents })
  }
  return items
}

function choose<T>(entries: readonly T[], random: Random): T {
  return entryAt(entries, random.below(entries.length))
}

/** Finds by bisection the first entry whose sum of weights is above a random number. */
function chooseRank(weightSums: readonly number[], random: Random): number {
  let high = weightSums.length - 1
  const target = random.below(entryAt(weightSums, high))
  let low = 0
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
