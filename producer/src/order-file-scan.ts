/** Where a JSON value stands in a file. */
export interface ValueSpan {
  /** In bytes from the start of the file. */
  start: number
  /** The first byte behind the value. */
  end: number
  /** The line on which it begins, from 1. */
  line: number
}

/** The top-level values of a file, or the elements of its array, and what is wrong around them. */
export interface ScannedValues {
  isArray: boolean
  spans: ValueSpan[]
  /** One sentence with the line, or null where all brackets match. */
  problem: string | null
}

/**
 * Finds where each JSON value of a file begins and ends, by its brackets and quotes alone:
 * whether a value is JSON is for `JSON.parse` to say. It reads bytes, which is safe in UTF-8,
 * where no part of a longer character looks like a bracket or a quote.
 */
export function scanValues(bytes: Uint8Array): ScannedValues {
  const scan = new ValueScan(bytes)
  let at = startOf(bytes)
  while (at < bytes.length && scan.problem === null) at = scan.read(at)
  return scan.finish()
}

const CODE = Object.freeze({
  lineBreak: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  arrayOpen: 0x5b,
  backslash: 0x5c,
  arrayClose: 0x5d,
  open: 0x7b,
  close: 0x7d,
})
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

function startOf(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09 || byte === CODE.lineBreak
}

class ValueScan {
  problem: string | null = null
  readonly #bytes: Uint8Array
  readonly #spans: ValueSpan[] = []
  #isArray = false
  #arrayEnded = false
  #commas = 0
  #line = 1
  /** The lines of the brackets that are open within the value at hand. */
  #openLines: number[] = []
  #start = -1
  #startLine = 1
  #lastByte = -1

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Reads one byte, or one whole string, and gives the place behind it. */
  read(at: number): number {
    const byte = this.#bytes[at] ?? 0
    if (byte === CODE.lineBreak) this.#line += 1
    if (isSpace(byte)) return at + 1
    if (this.#isBetweenValues(byte, at)) return at + 1
    if (this.#start < 0) this.#begin(at, byte)
    if (byte === CODE.quote) return this.#skipString(at)
    if (byte === CODE.open || byte === CODE.arrayOpen) this.#openLines.push(this.#line)
    if (byte === CODE.close || byte === CODE.arrayClose) this.#closeBracket()
    this.#lastByte = at
    if (!this.#isArray && this.#openLines.length === 0) this.#endValue()
    return at + 1
  }

  finish(): ScannedValues {
    const openLine = this.#openLines[0]
    if (openLine !== undefined) {
      this.problem ??= `what is opened on line ${openLine} is never closed`
    } else if (this.#isArray && !this.#arrayEnded) {
      this.problem ??= 'the array is never closed: the file may be cut off'
    }
    return { isArray: this.#isArray, spans: this.#spans, problem: this.problem }
  }

  #isBetweenValues(byte: number, at: number): boolean {
    if (this.#openLines.length > 0) return false
    if (this.#arrayEnded) return this.#fail('something follows behind the end of the array')
    if (this.#isArray) return this.#isArrayMark(byte, at)
    if (byte !== CODE.arrayOpen || this.#spans.length > 0) return false
    this.#isArray = true
    return true
  }

  #isArrayMark(byte: number, at: number): boolean {
    if (byte !== CODE.comma && byte !== CODE.arrayClose) return false
    const closes = byte === CODE.arrayClose
    // Nothing between two commas is a value that is missing; nothing in [] is an empty array.
    if (this.#start < 0 && !(closes && this.#commas === 0)) this.#begin(at, byte)
    if (this.#start >= 0) this.#endValue()
    if (closes) this.#arrayEnded = true
    else this.#commas += 1
    return true
  }

  #begin(at: number, byte: number): void {
    if (!this.#isArray && byte !== CODE.open) this.#fail('an order begins with {, an array with [')
    this.#start = at
    this.#startLine = this.#line
    this.#lastByte = at - 1
  }

  #endValue(): void {
    this.#spans.push({ start: this.#start, end: this.#lastByte + 1, line: this.#startLine })
    this.#start = -1
  }

  #closeBracket(): void {
    if (this.#openLines.pop() === undefined) this.#fail('a bracket closes what was never opened')
  }

  #skipString(start: number): number {
    const bytes = this.#bytes
    let at = start + 1
    while (at < bytes.length && bytes[at] !== CODE.quote) {
      if (bytes[at] === CODE.lineBreak) this.#fail('a text goes on over the end of the line')
      at += bytes[at] === CODE.backslash ? 2 : 1
    }
    if (at >= bytes.length) this.#fail('a text is never closed')
    this.#lastByte = at
    return at + 1
  }

  #fail(what: string): true {
    this.problem ??= `line ${this.#line}: ${what}`
    return true
  }
}
