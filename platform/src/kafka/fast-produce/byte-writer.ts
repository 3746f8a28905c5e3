import { sizeOfVarint, writeVarint } from '../../varint.ts'

/**
 * Writes the values of Kafka's protocol one after the other into one buffer, whose size the caller
 * knows beforehand.
 */
export class ByteWriter {
  readonly #bytes: Buffer
  #at = 0

  /** The memory is not cleared first: `written` ends where the writing ended. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  /** How many bytes are written. */
  get length(): number {
    return this.#at
  }

  /** Everything written so far, without a copy. Throws when it was more than there is room for. */
  get written(): Buffer {
    if (this.#at > this.#bytes.length) throw new RangeError('written past the end of the buffer')
    return this.#bytes.subarray(0, this.#at)
  }

  int8(value: number): void {
    this.#at = this.#bytes.writeInt8(value, this.#at)
  }

  int16(value: number): void {
    this.#at = this.#bytes.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
  }

  int64(value: bigint): void {
    this.#at = this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), this.#at)
  }

  /** A place for a length or a checksum, to be filled with `setInt32` when it is known. */
  reserveInt32(): number {
    const place = this.#at
    this.#at += 4
    return place
  }

  setInt32(place: number, value: number): void {
    this.#bytes.writeInt32BE(value, place)
  }

  varint(value: number): void {
    this.#at = writeVarint(this.#bytes, this.#at, value)
  }

  /** Bytes as they are. */
  bytes(value: Buffer): void {
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  /** A string with an int16 in front, or -1 for none. */
  string(value: string | null): void {
    if (value === null) {
      this.int16(-1)
      return
    }
    const size = Buffer.byteLength(value)
    this.int16(size)
    this.#text(value, size)
  }

  /** Bytes with a varint in front, or -1 for none. */
  varintBytes(value: Buffer | string | null | undefined): void {
    if (value === null || value === undefined) {
      this.varint(-1)
    } else if (typeof value === 'string') {
      const size = Buffer.byteLength(value)
      this.varint(size)
      this.#text(value, size)
    } else {
      this.varint(value.length)
      this.bytes(value)
    }
  }

  #text(value: string, size: number): void {
    if (size > 0) this.#bytes.write(value, this.#at, 'utf8')
    this.#at += size
  }
}

/** How many bytes `varintBytes` takes for a value. */
export function sizeOfVarintBytes(value: Buffer | string | null | undefined): number {
  if (value === null || value === undefined) return sizeOfVarint(-1)
  const size = typeof value === 'string' ? Buffer.byteLength(value) : value.length
  return sizeOfVarint(size) + size
}
