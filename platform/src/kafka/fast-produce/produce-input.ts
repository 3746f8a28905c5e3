import { PackedRecords } from '../packed-records.ts'

/** A 64-bit number as the client library passes it on: decoded ones are strings. */
type Int64 = number | string | bigint | { value: bigint }

/** A value of a header, which may come more than once under its name. */
export type HeaderValue = Buffer | string

/** One message of a produce request. */
export interface ProduceMessage {
  key?: Buffer | string | null
  value: Buffer | string | null
  timestamp?: number | string | null
  headers?: Record<string, HeaderValue | HeaderValue[]>
}

/** The messages of one partition, and the sequence number of the first. */
export interface ProducePartition {
  partition: number
  firstSequence?: number
  /** One by one, or in the bytes of their batch already. */
  messages: ProduceMessage[] | PackedRecords
}

/** What the client library hands to its produce request. */
export interface ProduceInput {
  acks: number
  timeout: number
  compression?: number
  transactionalId?: string | null
  producerId?: Int64
  producerEpoch?: number
  topicData: { topic: string; partitions: ProducePartition[] }[]
}

/**
 * Looks through a request and gives a number of bytes that its encoding certainly fits in, or NaN
 * when it holds anything that the fast encoder does not write, or that the library may refuse: then
 * the library's own encoder has the word. NaN stays NaN in every sum, so nothing is checked twice.
 */
export function boundOf(input: ProduceInput): number {
  const { acks, timeout, compression = 0, transactionalId = null, topicData } = input
  const { producerId = -1, producerEpoch = 0 } = input
  const covered =
    compression === 0 &&
    transactionalId === null &&
    isInteger(acks, 16) &&
    isInteger(timeout, 32) &&
    isInt64(producerId) &&
    isInteger(producerEpoch, 16)
  if (!covered) return NaN
  let bound = REQUEST_OVERHEAD
  for (const { topic, partitions } of topicData) {
    bound += boundOfString(topic) + TOPIC_OVERHEAD
    for (const partition of partitions) bound += boundOfPartition(partition)
  }
  return bound < BOUND_MAX ? bound : NaN
}

/** The number of bytes of a string with its length in front, or NaN when it cannot be one. */
export function boundOfString(value: string | null): number {
  if (value === null) return INT16_SIZE
  const size = typeof value === 'string' ? Buffer.byteLength(value) : NaN
  return size <= STRING_SIZE_MAX ? size + INT16_SIZE : NaN
}

/** Reads a 64-bit number that `boundOf` let pass. */
export function toBigInt(value: Int64): bigint {
  return BigInt(typeof value === 'object' ? value.value : value)
}

const INT16_SIZE = 2
const VARINT_SIZE_MAX = 5
const VARLONG_SIZE_MAX = 10
const STRING_SIZE_MAX = 0x7fff
const REQUEST_OVERHEAD = 16
const TOPIC_OVERHEAD = 8
const PARTITION_OVERHEAD = 72
const RECORD_OVERHEAD = 1 + VARLONG_SIZE_MAX + 5 * VARINT_SIZE_MAX
/** Above it the library's encoder fails, and may go on to do so. */
const BOUND_MAX = 2 ** 29
/** Far above every clock, and small enough for exact arithmetic with distances. */
const TIMESTAMP_MAX = 1e15
const TIMESTAMP_TEXT = /^-?\d{1,15}$/
const INT64_TEXT = /^-?\d{1,19}$/

function boundOfPartition({ partition, firstSequence = 0, messages }: ProducePartition): number {
  if (!isInteger(partition, 32) || !isInteger(firstSequence, 32)) return NaN
  if (messages instanceof PackedRecords) return PARTITION_OVERHEAD + messages.byteLength
  if (!Array.isArray(messages)) return NaN
  let bound = PARTITION_OVERHEAD
  for (const message of messages) bound += boundOfMessage(message)
  return bound
}

function boundOfMessage(message: ProduceMessage): number {
  if (!isPlain(message) || !isTimestamp(message.timestamp)) return NaN
  const { key, value, headers } = message
  const bound = RECORD_OVERHEAD + boundOfBytes(key) + boundOfBytes(value)
  return headers === undefined ? bound : bound + boundOfHeaders(headers)
}

function boundOfHeaders(headers: Record<string, HeaderValue | HeaderValue[]>): number {
  if (!isPlain(headers)) return NaN
  let bound = 0
  for (const name of Object.keys(headers)) {
    for (const value of [headers[name]].flat()) {
      // A header without a value is something that the library refuses.
      if (value === null || value === undefined) return NaN
      bound += boundOfBytes(name) + boundOfBytes(value) + 2 * VARINT_SIZE_MAX
    }
  }
  return bound
}

function boundOfBytes(value: unknown): number {
  if (value === null || value === undefined) return 0
  if (Buffer.isBuffer(value)) return value.length
  return typeof value === 'string' ? Buffer.byteLength(value) : NaN
}

/** The library takes own fields only; of a plain object they are all that it has. */
function isPlain(value: object | null | undefined): boolean {
  if (value === null || value === undefined) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isTimestamp(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return TIMESTAMP_TEXT.test(value)
  return Number.isInteger(value) && Math.abs(Number(value)) <= TIMESTAMP_MAX
}

function isInt64(value: Int64): boolean {
  if (typeof value === 'string') return INT64_TEXT.test(value)
  if (typeof value === 'object') return value !== null && typeof value.value === 'bigint'
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function isInteger(value: unknown, bits: number): boolean {
  const limit = 2 ** (bits - 1)
  return Number.isInteger(value) && Number(value) >= -limit && Number(value) < limit
}
