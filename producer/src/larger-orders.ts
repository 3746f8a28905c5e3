import { ORDER_LINES_MAX, TEXT_LENGTH_MAX, type OrderLine } from '@orders/schemas/order'
import type { Random } from './random.ts'
import type { Product } from './shop.ts'

/** The largest size that can be asked for; a hundred lines with the longest names hold it. */
export const ORDER_BYTES_MAX = 30_000

/** What an order has besides its lines: ids, customer, total, time. About, as names differ. */
const WITHOUT_LINES_BYTES = 100
/** What a line has besides its texts: two lengths, quantity and price. */
const NUMBERS_BYTES = 7
/** About what one line of each product comes to; above it lines get long names. */
const CATALOGUE_BYTES = 2_000
/** A hundred names of letters hold no more; above it names end in signs of two bytes each. */
const LETTERS_BYTES = 20_000
/** Signs that stand in real names, and that a program keeps in one byte each while it works. */
const SIZES = '½×¼×¾±½° '

/**
 * Adds lines until an order has about so many bytes as Avro, for tests with larger ones: other
 * products of the catalogue, or where those do not suffice, articles with long names.
 */
export function addLinesUpTo(
  bytes: number,
  items: OrderLine[],
  entries: readonly Product[],
  random: Random,
): void {
  let missing = bytes - WITHOUT_LINES_BYTES
  for (const line of items) missing -= sizeOf(line)
  const isLarge = bytes > CATALOGUE_BYTES
  const filler = bytes > LETTERS_BYTES ? SIZES : null
  const linesMax = isLarge ? ORDER_LINES_MAX : Math.min(ORDER_LINES_MAX, entries.length)
  let at = random.below(entries.length)
  while (missing > 0 && items.length < linesMax) {
    at = (at + 1) % entries.length
    const product = entries[at]
    if (product === undefined) return
    if (!isLarge && holds(items, product.sku)) continue
    const { sku, name, unitPriceCents } = isLarge
      ? longArticle(product, items.length, filler)
      : product
    const line = { sku, name, quantity: 1, unitPriceCents }
    items.push(line)
    missing -= filler === null ? sizeOf(line) : wideSizeOf(line)
  }
}

function holds(items: readonly OrderLine[], sku: string): boolean {
  for (const line of items) if (line.sku === sku) return true
  return false
}

function sizeOf({ sku, name }: OrderLine): number {
  return sku.length + name.length + NUMBERS_BYTES
}

/** Counts bytes where there are more of them than characters. */
function wideSizeOf({ sku, name }: OrderLine): number {
  return sku.length + Buffer.byteLength(name) + NUMBERS_BYTES
}

/** An article of its own for each place in an order, with a name as long as one may be. */
function longArticle(
  { sku, name, unitPriceCents }: Product,
  place: number,
  filler: string | null,
): Product {
  const text = `${name}, part ${place} of a larger order. `
  const more = filler ?? text
  const copies = Math.ceil(TEXT_LENGTH_MAX.name / more.length)
  return {
    sku: `${sku}-${place}`,
    name: (text + more.repeat(copies)).slice(0, TEXT_LENGTH_MAX.name),
    unitPriceCents,
  }
}
