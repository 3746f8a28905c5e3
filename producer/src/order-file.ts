import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { UserError } from '@orders/platform/user-error'
import { readLineBlocks } from '@orders/platform/line-blocks'
import { checkOrder, type Order } from '@orders/schemas/order'
import { scanValues, type ValueSpan } from './order-file-scan.ts'

/** Where an entry of an order file stands. */
interface EntryPlace {
  /** The line on which it begins, from 1. */
  line: number
  /** Its place among the entries of the file, from 1. */
  position: number
}

/** One entry of an order file: an order, or why it is none. */
export type OrderFileEntry = EntryPlace & ({ order: Order } | { problems: string[] })

/** A file that no order can be read from. The message is one line: what, where, what to do. */
export class OrderFileError extends UserError {
  override readonly name = 'OrderFileError'
}

/** The largest file that is read as a whole: an array, or orders that span lines. */
export const WHOLE_FILE_BYTES_MAX = 256 * 1024 * 1024
/** The longest line; the largest order that keeps the rules is far below it. */
export const ORDER_BYTES_MAX = 1024 * 1024
const CHUNK_BYTES = 256 * 1024
const FORMATS = 'one order, an array of orders, or one order a line (JSON)'

/**
 * Reads orders from a file in UTF-8 that holds one order, an array of them, or one a line.
 * Each entry is checked; one that is no order comes with its problems and the reading goes on.
 * Orders one a line are streamed, so such a file may have any size; an array is checked for
 * being whole before its first order comes.
 *
 * @throws {OrderFileError} where the file is missing, not readable, empty, too large or not JSON.
 */
export async function* readOrderFile(path: string): AsyncGenerator<OrderFileEntry> {
  try {
    let found = false
    for await (const entry of readEntries(path)) {
      found = true
      yield entry
    }
    if (!found) throw new OrderFileError(`${path} holds no order: give it ${FORMATS}`)
  } catch (error) {
    throw explain(path, error)
  }
}

async function* readEntries(path: string): AsyncGenerator<OrderFileEntry> {
  const stats = await stat(path)
  if (!stats.isFile()) throw new OrderFileError(`${path} is not a file: name a file of orders`)
  if (await beginsWithOrderLine(path)) yield* readByLine(path)
  else yield* readWhole(path, stats.size)
}

async function beginsWithOrderLine(path: string): Promise<boolean> {
  for await (const { text } of filledLines(path)) return text !== null && isJsonObject(text)
  return false
}

function isJsonObject(text: string): boolean {
  const value = parseJson(text)
  return 'value' in value && isObject(value.value)
}

async function* readByLine(path: string): AsyncGenerator<OrderFileEntry> {
  let position = 0
  for await (const { line, text } of filledLines(path)) {
    position += 1
    yield { line, position, ...readOrder(text) }
  }
}

async function* readWhole(path: string, fileBytes: number): AsyncGenerator<OrderFileEntry> {
  if (fileBytes > WHOLE_FILE_BYTES_MAX) {
    const limit = `${WHOLE_FILE_BYTES_MAX / 1024 / 1024} MiB`
    throw new OrderFileError(
      `${path} is larger than ${limit} and its first line is no order: put one order on each line`,
    )
  }
  const bytes = await readFile(path)
  const { isArray, spans, problem } = scanValues(bytes)
  if (problem === null) yield* readSpans(bytes, spans)
  else if (!isArray && (await hasOrderLine(path))) yield* readByLine(path)
  else throw new OrderFileError(`${path} is not JSON: ${problem}; give it ${FORMATS}`)
}

function* readSpans(bytes: Buffer, spans: ValueSpan[]): Generator<OrderFileEntry> {
  for (const [at, { start, end, line }] of spans.entries()) {
    const text = end - start > ORDER_BYTES_MAX ? null : bytes.toString('utf8', start, end)
    yield { line, position: at + 1, ...readOrder(text) }
  }
}

async function hasOrderLine(path: string): Promise<boolean> {
  for await (const { text } of filledLines(path)) {
    if (text !== null && isJsonObject(text)) return true
  }
  return false
}

/** Reads the lines that are not blank, without a byte order mark; too long ones have no text. */
async function* filledLines(path: string): AsyncGenerator<{ line: number; text: string | null }> {
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  for await (const block of readLineBlocks(chunks, ORDER_BYTES_MAX)) {
    for (const { number, text } of block) {
      // `trim` takes the byte order mark away too.
      if (text === null || text.trim() !== '') yield { line: number, text: text?.trim() ?? null }
    }
  }
}

function readOrder(text: string | null): { order: Order } | { problems: string[] } {
  if (text === null) return { problems: [`is longer than ${ORDER_BYTES_MAX} bytes`] }
  const json = parseJson(text)
  return 'problem' in json ? { problems: [json.problem] } : checkOrder(json.value)
}

function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const READ_FAILURES: Record<string, string> = {
  ENOENT: 'does not exist: check the path',
  ENOTDIR: 'does not exist: check the path',
  EACCES: 'may not be read: check its permissions',
  EPERM: 'may not be read: check its permissions',
}

function explain(path: string, error: unknown): OrderFileError {
  if (error instanceof OrderFileError) return error
  const code = String((error as NodeJS.ErrnoException | null)?.code)
  const what = READ_FAILURES[code] ?? `cannot be read: ${String(error)}`
  return new OrderFileError(`${path} ${what}`, { cause: error })
}
