import { hash } from 'node:crypto'
import type { OrderContent } from './evidence.ts'

/** The fields of an order, as whoever wrote it down has called them; time in ms since 1970. */
export type OrderFields = Record<string, unknown>

/** 128 bits: two orders of one digest are not to be met. */
const DIGEST_BYTES = 16

/** A digest of any bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  // Not a slice of the longer text: that would keep the whole of it in memory.
  return hash('sha256', bytes, 'buffer').toString('base64url', 0, DIGEST_BYTES)
}

/** So many texts are kept to be shared; with more of them a verdict only takes more memory. */
const SHARED_MAX = 10_000_000
const shared = new Map<string, string>()

/**
 * The same text, but one in memory however often it is read: an order stands in the ledger, on the
 * log and in Redis of both consumers.
 */
export function sharedText(text: string): string {
  const known = shared.get(text)
  if (known !== undefined) return known
  // A piece of a longer text keeps the whole of it, so what is kept is a copy.
  const copy = Buffer.from(text, 'utf16le').toString('utf16le')
  if (shared.size < SHARED_MAX) shared.set(copy, copy)
  return copy
}

/** A digest of any bytes; null where there are none. */
export function digestOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : digestOf(bytes)
}

/** What an order says, in short: equal digests mean equal orders. */
export function contentOf(order: OrderFields): OrderContent {
  return {
    orderId: sharedText(String(order['orderId'])),
    customerId: sharedText(String(order['customerId'])),
    totalCents: Number(order['totalCents']),
    digest: sharedText(digestOf(canonical(order))),
  }
}

/** The values in an order of their own, so that nobody's order of fields matters. */
function canonical(order: OrderFields): string {
  const { orderId, customerId, customerName, customerEmail } = order
  const { items, currency, totalCents, placedAt } = order
  const lines = Array.isArray(items) ? items.map(lineOf) : items
  return JSON.stringify([
    [orderId, customerId, customerName, customerEmail],
    lines,
    [currency, totalCents, placedAt],
  ])
}

function lineOf(line: unknown): unknown[] {
  const { sku, name, quantity, unitPriceCents } = Object(line) as OrderFields
  return [sku, name, quantity, unitPriceCents]
}
