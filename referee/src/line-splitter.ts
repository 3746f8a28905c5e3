/**
 * Cuts a stream of bytes at a delimiter. Bytes and not text: a line break inside a JSON text may be
 * another character to whoever splits texts.
 */
export class LineSplitter {
  readonly #delimiter: Buffer
  readonly #lineBytesMax: number
  /** The beginning of a line that has not ended. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** The last bytes of it, in which a delimiter may have begun. */
  #tail: Buffer = Buffer.alloc(0)

  constructor(delimiter: string, lineBytesMax: number) {
    this.#delimiter = Buffer.from(delimiter)
    this.#lineBytesMax = lineBytesMax
  }

  /** Takes more bytes and gives the lines that are whole now. */
  push(chunk: Buffer): Buffer[] {
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk
    const lines: Buffer[] = []
    let from = 0
    for (let to = bytes.indexOf(this.#delimiter); to >= 0;) {
      lines.push(this.#finish(bytes.subarray(from, to)))
      from = to + this.#delimiter.length
      to = bytes.indexOf(this.#delimiter, from)
    }
    this.#hold(bytes.subarray(from))
    return lines
  }

  /** What came after the last delimiter. */
  rest(): Buffer {
    const line = this.#finish(this.#tail)
    this.#tail = Buffer.alloc(0)
    return line
  }

  #hold(bytes: Buffer): void {
    const tailAt = Math.max(bytes.length - this.#delimiter.length + 1, 0)
    // A copy, because a stream may use its chunk again.
    this.#tail = Buffer.from(bytes.subarray(tailAt))
    if (tailAt > 0) this.#held.push(Buffer.from(bytes.subarray(0, tailAt)))
    this.#heldBytes += tailAt
    if (this.#heldBytes + this.#tail.length > this.#lineBytesMax) {
      throw new Error(`a line of more than ${this.#lineBytesMax} bytes`)
    }
  }

  #finish(end: Buffer): Buffer {
    if (this.#held.length === 0) return end
    const line = Buffer.concat([...this.#held, end])
    this.#held = []
    this.#heldBytes = 0
    return line
  }
}
