const VARINT_BYTES_MAX = 10
const LONG_BITS = 64

/** Reads bytes from front to back and throws at the end of them, whatever a count announced. */
export class ByteCursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** How many bytes have not been read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Takes so many bytes; they stay part of the whole. */
  take(count: number): Buffer {
    if (count < 0) throw new Error(`a length of ${count}`)
    if (count > this.left) throw new Error(`${count} bytes announced, ${this.left} left`)
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  /** A zigzag varint; one that a number cannot hold exactly throws. */
  takeLong(): number {
    const value = this.takeBigLong()
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new Error(`${value} is beyond 2^53`)
    return number
  }

  /** A zigzag varint of any size that Avro knows. */
  takeBigLong(): bigint {
    let raw = 0n
    for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
      const byte = this.take(1).readUInt8()
      raw |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) {
        const bits = BigInt.asUintN(LONG_BITS, raw)
        return (bits >> 1n) ^ -(bits & 1n)
      }
    }
    throw new Error(`a number of more than ${VARINT_BYTES_MAX} bytes`)
  }
}
