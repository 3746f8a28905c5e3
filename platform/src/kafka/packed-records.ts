import { ByteBuffer } from '../byte-buffer.ts'
import { sizeOfVarint } from '../varint.ts'

/** One record on its way to a partition, as it was packed. */
export interface UnpackedRecord {
  key: Buffer
  value: Buffer
}

const NO_ATTRIBUTES = 0
const NO_DISTANCE = 0
const NO_HEADERS = 0
const BYTES_FIRST = 1_024

/**
 * Records of one partition, put into the bytes of a Kafka record batch (format 2) as they come:
 * where thousands are on their way at once, an object or two for each would be most of what the
 * garbage collector has to look after. They have keys and values, no headers, and all of them the
 * time of their batch.
 */
export class PackedRecords {
  /** Holds the records; for others when these are no longer needed. */
  readonly memory: ByteBuffer
  #count = 0

  /** `memory` is used again; only what nobody reads any more may be given. */
  constructor(memory = new ByteBuffer(BYTES_FIRST)) {
    memory.clear()
    this.memory = memory
  }

  /** How many records there are; named as in an array, because the client library counts so. */
  get length(): number {
    return this.#count
  }

  /** The bytes of all records, without a copy: good until one is added. */
  get bytes(): Buffer {
    return this.memory.written
  }

  /** How many bytes the records take. */
  get byteLength(): number {
    return this.memory.length
  }

  /** Adds a record at the end; its bytes are copied. */
  add(key: Uint8Array, value: Uint8Array): void {
    const offset = this.#count
    const { memory } = this
    const size =
      3 + // attributes, the distance in time and the number of headers, a byte each
      sizeOfVarint(offset) +
      sizeOfVarint(key.length) +
      key.length +
      sizeOfVarint(value.length) +
      value.length
    memory.varint(size)
    memory.byte(NO_ATTRIBUTES)
    memory.byte(NO_DISTANCE)
    memory.varint(offset)
    memory.varint(key.length)
    memory.bytes(key)
    memory.varint(value.length)
    memory.bytes(value)
    memory.byte(NO_HEADERS)
    this.#count += 1
  }

  /** Takes the records apart again, without a copy of their bytes. */
  unpack(): UnpackedRecord[] {
    const reader = new Reader(this.bytes)
    return Array.from({ length: this.#count }, () => {
      reader.varint() // its size
      reader.take(2) // attributes and distance in time
      reader.varint() // its place
      const key = reader.take(reader.varint())
      const value = reader.take(reader.varint())
      reader.varint() // no headers
      return { key, value }
    })
  }
}

/** Reads what was written above, so it need not be careful. */
class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** A varint that is not negative. */
  varint(): number {
    let [value, scale, byte] = [0, 1, 0]
    do {
      byte = this.#bytes[this.#at++] ?? 0
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    return value / 2
  }

  take(count: number): Buffer {
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }
}
