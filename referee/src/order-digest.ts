import { hash } from 'node:crypto'
import type { OrderContent } from './evidence.ts'

/** The fields of an order, as whoever wrote it down has called them; time in ms since 1970. */
export type OrderFields = Record<string, unknown>

/** 132 bits: two orders of one digest are not to be met. */
const DIGEST_CHARS = 22

/** A digest of any bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'base64url').slice(0, DIGEST_CHARS)
}

/** A digest of any bytes; null where there are none. */
export function digestOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : digestOf(bytes)
}

/** What an order says, in short: equal digests mean equal orders. */
export function contentOf(order: OrderFields): OrderContent {
  return {
    orderId: String(order['orderId']),
    customerId: String(order['customerId']),
    totalCents: Number(order['totalCents']),
    digest: digestOf(canonical(order)),
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
