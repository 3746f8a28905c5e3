import { CouldNotJudge } from './could-not-judge.ts'

/** A record of a topic as it lies there. */
export interface RawRecord {
  partition: number
  offset: number
  /** In ms since 1970. */
  timestamp: number
  headers: RawHeader[]
  key: Buffer | null
  value: Buffer | null
}

/** A header; a name may come more than once. */
export interface RawHeader {
  name: string
  value: Buffer | null
}

/** What stands between the parts of a line; each holds a backslash, which is escaped in data. */
export interface Separators {
  line: string
  field: string
  header: string
  nothing: string
}

const BACKSLASH = 0x5c
const ESCAPE_CHARS = 4
const NO_HEADERS = 'NO_HEADERS'
const FIELDS = 6
/** What no printed bytes hold: a backslash that begins no escape, or something unprintable. */
const UNPRINTED = /\\(?!x[0-9A-F]{2})|[^ -~]/

/** Separators that hold a token of their own. */
export function separatorsOf(token: string): Separators {
  return {
    line: `\\L${token}\n`,
    field: `\\F${token}`,
    header: `\\H${token}`,
    nothing: `\\N${token}`,
  }
}

/** Reads a line of the console consumer. */
export function parseRecord(line: Buffer, separators: Separators): RawRecord {
  const fields = split(line, separators.field)
  const [time, partition, offset, headers, key, value] = fields
  if (!time || !headers || !key || !value || fields.length !== FIELDS) {
    throw new CouldNotJudge(`Kafka's console consumer printed ${fields.length} fields`)
  }
  return {
    timestamp: numberAfter(time, /^\w+:(-?\d+)$/),
    partition: numberAfter(partition, /^Partition:(\d+)$/),
    offset: numberAfter(offset, /^Offset:(\d+)$/),
    headers: parseHeaders(headers, separators),
    key: parseBytes(key, separators),
    value: parseBytes(value, separators),
  }
}

function parseHeaders(text: Buffer, separators: Separators): RawHeader[] {
  if (text.equals(Buffer.from(NO_HEADERS))) return []
  return split(text, separators.header).map((header) => parseHeader(header, separators))
}

/**
 * Names are printed as they are, and may hold colons and backslashes: a name ends at the first
 * colon behind which everything is a value. The names that matter here have neither.
 */
function parseHeader(header: Buffer, separators: Separators): RawHeader {
  let colon = header.indexOf(':')
  while (colon >= 0 && !isPrinted(header.subarray(colon + 1), separators)) {
    colon = header.indexOf(':', colon + 1)
  }
  const name = header.subarray(0, Math.max(colon, 0)).toString('utf8')
  return { name, value: parseBytes(header.subarray(colon + 1), separators) }
}

function isPrinted(text: Buffer, { nothing }: Separators): boolean {
  return text.equals(Buffer.from(nothing)) || !UNPRINTED.test(text.toString('latin1'))
}

/**
 * Undoes the escapes; everything else is what it is. The tool puts the sign for nothing in the place
 * of the bytes before it prints them, so that it can come out escaped as well.
 */
function parseBytes(text: Buffer, { nothing }: Separators): Buffer | null {
  const sign = Buffer.from(nothing)
  if (text.equals(sign)) return null
  const bytes = Buffer.allocUnsafe(text.length)
  let size = 0
  for (let at = 0; at < text.length; size += 1) {
    const byte = text.readUInt8(at)
    const isEscape = byte === BACKSLASH
    bytes[size] = isEscape ? hexAt(text, at + 2) : byte
    at += isEscape ? ESCAPE_CHARS : 1
  }
  const unescaped = bytes.subarray(0, size)
  return unescaped.equals(sign) ? null : unescaped
}

function hexAt(text: Buffer, at: number): number {
  const value = hexDigit(text[at]) * 16 + hexDigit(text[at + 1])
  if (Number.isNaN(value) || text[at - 1] !== 'x'.charCodeAt(0)) {
    throw new CouldNotJudge("Kafka's console consumer printed a byte that cannot be read")
  }
  return value
}

function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x41 && code <= 0x46) return code - 0x41 + 10
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10
  return Number.NaN
}

function split(text: Buffer, separator: string): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (let to = text.indexOf(separator); to >= 0; to = text.indexOf(separator, from)) {
    parts.push(text.subarray(from, to))
    from = to + separator.length
  }
  return [...parts, text.subarray(from)]
}

function numberAfter(text: Buffer | undefined, pattern: RegExp): number {
  const found = pattern.exec(String(text))?.[1]
  if (found !== undefined) return Number(found)
  throw new CouldNotJudge(
    `Kafka's console consumer printed "${String(text)}" for ${pattern.source}`,
  )
}
