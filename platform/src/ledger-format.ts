import { checkOrder, type Order } from '@orders/schemas/order'
import { ByteBuffer } from './byte-buffer.ts'
import { partsOf } from './order-parts.ts'

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

/** Kafka has the orders of one send one after the other: the order at place i at baseOffset + i. */
export interface AcknowledgedBatchEntry {
  kind: 'acknowledgedBatch'
  partition: number
  /** Decimal text, as the offset of a single order. */
  baseOffset: string
  orderIds: readonly string[]
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

/** What a ledger says of a run or of a single order. */
export type LedgerEntry = RunEntry | TriedEntry | OutcomeEntry

/** One line of the ledger: `expandEntry` gives the entries in it. */
export type WrittenEntry = LedgerEntry | AcknowledgedBatchEntry

/** The longest line that is read, in bytes: far above the largest order that keeps the rules. */
export const LEDGER_LINE_BYTES_MAX = 1024 * 1024

/** So many orders are acknowledged in one line at most, so that it stays below that length. */
export const BATCH_IDS_MAX = 10_000

/** How every line of a ledger begins; what does not begin so was not written by a ledger. */
const LINE_START = '{"kind":"'

/** Gives an entry as one line of JSON, kind first and line break included. */
export function formatEntry(entry: WrittenEntry): string {
  const line = new ByteBuffer(LINE_BYTES_FIRST)
  writeEntry(line, entry)
  return line.written.toString()
}

/** Enough for most lines. */
const LINE_BYTES_FIRST = 1024

/** Adds that line to others. What is no entry throws, and leaves no part of a line behind. */
export function writeEntry(to: ByteBuffer, entry: WrittenEntry): void {
  const start = to.length
  try {
    if (entry.kind === 'tried') writeTried(to, entry)
    else to.text(`${JSON.stringify(inOrder(entry))}\n`)
  } catch (error) {
    to.cutTo(start)
    throw error
  }
}

/** Kind first, and no fields but those that belong here. */
function inOrder(entry: Exclude<WrittenEntry, TriedEntry>): WrittenEntry {
  switch (entry.kind) {
    case 'run': {
      const { kind, at, runId, clusterId, topic, seed } = entry
      return { kind, at, runId, clusterId, topic, seed }
    }
    case 'acknowledged': {
      const { kind, orderId, partition, offset } = entry
      return { kind, orderId, partition, offset }
    }
    case 'acknowledgedBatch': {
      const { kind, partition, baseOffset, orderIds } = entry
      return { kind, partition, baseOffset, orderIds }
    }
    case 'refused':
    case 'unknown': {
      const { kind, orderId, reason } = entry
      return { kind, orderId, reason }
    }
  }
}

const BEFORE_ORDER = Buffer.from(',"order":{"orderId":')
const BEFORE_LINES = Buffer.from(',"items":[')
const BEFORE_CURRENCY = Buffer.from('],"currency":')
const BEFORE_TOTAL = Buffer.from(',"totalCents":')
const BEFORE_TIME = Buffer.from(',"placedAt":')
const END = Buffer.from('}}\n')
const COMMA = 0x2c

/** From bytes made once, because there is a line for every order: a third of the price of JSON. */
function writeTried(to: ByteBuffer, { runId, index, order }: TriedEntry): void {
  const { customer, lines } = partsOf(order)
  to.bytes(beginOf(runId))
  if (index === null) to.text('null')
  else to.jsonNumber(index)
  to.bytes(BEFORE_ORDER)
  to.jsonText(order.orderId)
  to.byte(COMMA)
  to.bytes(customer.jsonBytes)
  to.bytes(BEFORE_LINES)
  let isFirst = true
  for (const line of lines) {
    if (!isFirst) to.byte(COMMA)
    to.bytes(line.jsonBytes)
    isFirst = false
  }
  to.bytes(BEFORE_CURRENCY)
  to.jsonText(order.currency)
  to.bytes(BEFORE_TOTAL)
  to.jsonNumber(order.totalCents)
  to.bytes(BEFORE_TIME)
  to.jsonNumber(order.placedAt)
  to.bytes(END)
}

let lastRun = { id: '', begin: Buffer.alloc(0) }

function beginOf(runId: string): Buffer {
  if (runId !== lastRun.id || lastRun.begin.length === 0) {
    const begin = `{"kind":"tried","runId":${JSON.stringify(runId)},"index":`
    lastRun = { id: runId, begin: Buffer.from(begin) }
  }
  return lastRun.begin
}

/** What a line says of single orders: a batch is an acknowledgement of each of its own. */
export function expandEntry(entry: WrittenEntry): readonly LedgerEntry[] {
  if (entry.kind !== 'acknowledgedBatch') return [entry]
  const { partition, orderIds } = entry
  const base = BigInt(entry.baseOffset)
  return orderIds.map((orderId, place) => {
    return { kind: 'acknowledged', orderId, partition, offset: String(base + BigInt(place)) }
  })
}

/** Reads a line of a ledger, or says in one sentence why it cannot be read. Never throws. */
export function parseEntry(line: string): { entry: WrittenEntry } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { problem: 'is not JSON' }
  }
  if (typeof value !== 'object' || value === null) return { problem: 'is not an entry' }
  const problem = problemOf(value as Fields)
  return problem === null ? { entry: value as WrittenEntry } : { problem }
}

/** Whether a last line without its end can be the beginning of a line that a ledger wrote. */
export function isTornLine(text: string): boolean {
  // Some file systems leave zeros where a write was cut off by a power failure.
  const written = text.replaceAll('\0', '')
  return written.startsWith(LINE_START) || LINE_START.startsWith(written)
}

type Fields = Record<string, unknown>

// A field more than these is no problem, so that an older producer can read a newer ledger.
const FIELDS: Record<WrittenEntry['kind'], Record<string, (value: unknown) => boolean>> = {
  run: { at: isText, runId: isText, clusterId: isText, topic: isText, seed: isWholeOrNull },
  tried: { runId: isText, index: isPlaceOrNull },
  acknowledged: { orderId: isText, partition: isPlace, offset: isOffset },
  acknowledgedBatch: { partition: isPlace, baseOffset: isOffset, orderIds: isBatch },
  refused: { orderId: isText, reason: isText },
  unknown: { orderId: isText, reason: isText },
}

function problemOf(fields: Fields): string | null {
  const kind = String(fields['kind'])
  if (!Object.hasOwn(FIELDS, kind)) return `is of no known kind: ${kind.slice(0, 40)}`
  for (const [name, isRight] of Object.entries(FIELDS[kind as WrittenEntry['kind']])) {
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

/** Offsets have 64 bits. */
function isOffset(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,19}$/.test(value)
}

function isBatch(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  return value.length > 0 && value.length <= BATCH_IDS_MAX && value.every(isText)
}
