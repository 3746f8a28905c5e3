/** The most bytes that UTF-8 needs for one UTF-16 code unit. */
const BYTES_PER_UNIT_MAX = 3

/**
 * Gathers text as UTF-8 in one piece of memory that grows and is used again: for short lines that
 * come in great numbers half the price of gathering strings and encoding them at the end.
 */
export class LineBuffer {
  #bytes: Buffer
  #length = 0

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  /** What was added, without a copy: good until the next `add` or `clear`. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Whether a text certainly fits when there are to be so many bytes at most. */
  hasRoom(text: string, bytesMax: number): boolean {
    return this.#length + text.length * BYTES_PER_UNIT_MAX <= bytesMax
  }

  /** Adds a text at the end. */
  add(text: string): void {
    const needed = this.#length + text.length * BYTES_PER_UNIT_MAX
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** Begins anew in the same memory. */
  clear(): void {
    this.#length = 0
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.written)
    this.#bytes = grown
  }
}
