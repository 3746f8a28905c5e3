import { checkOrder, type Order } from '@orders/schemas/order'
import { customerPart, linePart } from './order-parts.ts'

/** A run of the producer began. */
export interface RunEntry {
  kind: 'run'
  /** ISO 8601, UTC. */
  at: string
  runId: string
  clusterId: string
  topic: string
  /** What simulated orders are made from; null where none are simulated. */
  seed: number | null
}

/** An order is about to be sent: on disk before its first byte goes to Kafka. */
export interface TriedEntry {
  kind: 'tried'
  runId: string
  /** The place of the order in its run, from 0; null for an order that was not simulated. */
  index: number | null
  order: Order
}

/** Kafka has the order at this partition and offset. */
export interface AcknowledgedEntry {
  kind: 'acknowledged'
  orderId: string
  partition: number
  /** Decimal text, because an offset can be larger than a number holds exactly. */
  offset: string
}

/** Kafka said no, or it was never asked: the order is not on the log because of this attempt. */
export interface RefusedEntry {
  kind: 'refused'
  orderId: string
  reason: string
}

/** No answer came: the order may be on the log or not. */
export interface UnknownEntry {
  kind: 'unknown'
  orderId: string
  reason: string
}

/** What became of an order that was tried. */
export type OutcomeEntry = AcknowledgedEntry | RefusedEntry | UnknownEntry

/** One line of the ledger. */
export type LedgerEntry = RunEntry | TriedEntry | OutcomeEntry

/** The longest line that is read, in bytes: far above the largest order that keeps the rules. */
export const LEDGER_LINE_BYTES_MAX = 1024 * 1024

/** How every line of a ledger begins; what does not begin so was not written by a ledger. */
const LINE_START = '{"kind":"'

/** Writes an entry as one line of JSON, kind first and line break included. */
export function formatEntry(entry: LedgerEntry): string {
  switch (entry.kind) {
    case 'run': {
      const { kind, at, runId, clusterId, topic, seed } = entry
      return `${JSON.stringify({ kind, at, runId, clusterId, topic, seed })}\n`
    }
    case 'tried':
      return formatTried(entry)
    case 'acknowledged': {
      const { orderId, partition, offset } = entry
      return (
        `{"kind":"acknowledged","orderId":${textJson(orderId)},"partition":${partition},` +
        `"offset":${textJson(offset)}}\n`
      )
    }
    case 'refused':
    case 'unknown': {
      const { kind, orderId, reason } = entry
      return `${JSON.stringify({ kind, orderId, reason })}\n`
    }
  }
}

/** From parts, because there is a line for every order: a third of the price of the whole. */
function formatTried({ runId, index, order }: TriedEntry): string {
  const { items } = order
  let lines = ''
  for (const line of items) lines += lines === '' ? linePart(line).json : `,${linePart(line).json}`
  return (
    `${beginOf(runId)}${index},"order":{"orderId":${textJson(order.orderId)},` +
    `${customerPart(order).json},"items":[${lines}],"currency":${textJson(order.currency)},` +
    `"totalCents":${order.totalCents},"placedAt":${order.placedAt}}}\n`
  )
}

let lastRun = { id: '', begin: '' }

function beginOf(runId: string): string {
  if (runId !== lastRun.id || lastRun.begin === '') {
    lastRun = { id: runId, begin: `{"kind":"tried","runId":${JSON.stringify(runId)},"index":` }
  }
  return lastRun.begin
}

/** Text that JSON takes as it is. */
const PLAIN = /^[\w-]*$/

function textJson(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** Reads a line of a ledger, or says in one sentence why it cannot be read. Never throws. */
export function parseEntry(line: string): { entry: LedgerEntry } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { problem: 'is not JSON' }
  }
  if (typeof value !== 'object' || value === null) return { problem: 'is not an entry' }
  const problem = problemOf(value as Fields)
  return problem === null ? { entry: value as LedgerEntry } : { problem }
}

/** Whether a last line without its end can be the beginning of a line that a ledger wrote. */
export function isTornLine(text: string): boolean {
  // Some file systems leave zeros where a write was cut off by a power failure.
  const written = text.replaceAll('\0', '')
  return written.startsWith(LINE_START) || LINE_START.startsWith(written)
}

type Fields = Record<string, unknown>

// A field more than these is no problem, so that an older producer can read a newer ledger.
const FIELDS: Record<LedgerEntry['kind'], Record<string, (value: unknown) => boolean>> = {
  run: { at: isText, runId: isText, clusterId: isText, topic: isText, seed: isWholeOrNull },
  tried: { runId: isText, index: isPlaceOrNull },
  acknowledged: { orderId: isText, partition: isPlace, offset: isOffset },
  refused: { orderId: isText, reason: isText },
  unknown: { orderId: isText, reason: isText },
}

function problemOf(fields: Fields): string | null {
  const kind = String(fields['kind'])
  if (!Object.hasOwn(FIELDS, kind)) return `is of no known kind: ${kind.slice(0, 40)}`
  for (const [name, isRight] of Object.entries(FIELDS[kind as LedgerEntry['kind']])) {
    if (!isRight(fields[name])) return `(${kind}) has no usable ${name}`
  }
  if (kind !== 'tried') return null
  const check = checkOrder(fields['order'])
  return 'order' in check ? null : `(tried) holds an order that is not valid: ${check.problems[0]}`
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isPlace(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isPlaceOrNull(value: unknown): boolean {
  return value === null || isPlace(value)
}

function isWholeOrNull(value: unknown): boolean {
  return value === null || Number.isSafeInteger(value)
}

function isOffset(value: unknown): boolean {
  return typeof value === 'string' && /^\d+$/.test(value)
}
