import { ORDER_LINES_MAX, TEXT_LENGTH_MAX, type OrderLine } from '@orders/schemas/order'
import type { Product, Ranked } from './shop.ts'

/** The largest size that can be asked for; a hundred lines with the longest names hold no more. */
export const ORDER_BYTES_MAX = 20_000

/** What an order has besides its lines: ids, customer, total, time. About, as names differ. */
const WITHOUT_LINES_BYTES = 100
/** What a line has besides its texts: two lengths, quantity and price. */
const NUMBERS_BYTES = 7

/**
 * Adds lines with long names until an order has about so many bytes as Avro, for tests with larger
 * ones. Each line is another article; the same arguments give the same lines.
 */
export function addLinesUpTo(
  bytes: number,
  items: OrderLine[],
  { entries }: Pick<Ranked<Product>, 'entries'>,
): void {
  const sizes = items.map(({ sku, name }) => sku.length + name.length + NUMBERS_BYTES)
  let missing = bytes - sizes.reduce((sum, size) => sum + size, WITHOUT_LINES_BYTES)
  while (missing > 0 && items.length < ORDER_LINES_MAX) {
    const product = entries[items.length % entries.length]
    if (product === undefined) return
    const sku = `${product.sku}-${items.length + 1}`
    const room = Math.min(missing - sku.length - NUMBERS_BYTES, TEXT_LENGTH_MAX.name)
    const name = longName(product.name, entries, items.length).slice(0, Math.max(room, 1))
    items.push({ sku, name, quantity: 1, unitPriceCents: product.unitPriceCents })
    missing -= sku.length + name.length + NUMBERS_BYTES
  }
}

/** A name that goes on with the names of other products, so that it reads and packs like text. */
function longName(name: string, entries: readonly Product[], at: number): string {
  let text = name
  for (let step = 1; text.length < TEXT_LENGTH_MAX.name; step += 1) {
    text += `, with ${entries[(at * 7 + step * 3) % entries.length]?.name}`
  }
  return text
}
