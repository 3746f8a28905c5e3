import type { Order, OrderLine } from '@orders/schemas/order'

/** So many customers and products are remembered; more begin the memory anew. */
const KNOWN_MAX = 10_000
const customers = new Map<string, { name: string; email: string; text: string }>()
const products = new Map<string, { name: string; cents: number; parts: [string, string] }>()

/**
 * The lines of an order as JSON, what `JSON.stringify` makes of them: from parts that come again
 * and again, which is three times as fast.
 */
export function linesJson(lines: readonly OrderLine[]): string {
  let text = ''
  for (const line of lines) {
    const [before, after] = aroundQuantity(line)
    text += (text === '' ? before : `,${before}`) + line.quantity + after
  }
  return `[${text}]`
}

/** The three fields about the customer of an order as they stand in its JSON, without braces. */
export function customerJson({ customerId, customerName, customerEmail }: Order): string {
  const known = customers.get(customerId)
  if (known?.name === customerName && known.email === customerEmail) return known.text
  if (customers.size >= KNOWN_MAX) customers.clear()
  const text = JSON.stringify({ customerId, customerName, customerEmail }).slice(1, -1)
  customers.set(customerId, { name: customerName, email: customerEmail, text })
  return text
}

function aroundQuantity({ sku, name, unitPriceCents }: OrderLine): [string, string] {
  const known = products.get(sku)
  if (known?.name === name && known.cents === unitPriceCents) return known.parts
  if (products.size >= KNOWN_MAX) products.clear()
  const before = `${JSON.stringify({ sku, name }).slice(0, -1)},"quantity":`
  const parts: [string, string] = [before, `,"unitPriceCents":${unitPriceCents}}`]
  products.set(sku, { name, cents: unitPriceCents, parts })
  return parts
}

/** Text that JSON takes as it is. */
const PLAIN = /^[\w-]*$/

/** A text as JSON; an id needs no more than its quotes. */
export function textJson(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}
