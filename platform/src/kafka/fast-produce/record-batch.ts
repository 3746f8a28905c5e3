import { sizeOfVarint } from '../../varint.ts'
import { sizeOfVarintBytes, type ByteWriter } from './byte-writer.ts'
import { crc32c } from './crc32c.ts'
import { PackedRecords } from '../packed-records.ts'
import { toBigInt, type HeaderValue, type ProduceMessage } from './produce-input.ts'

/** What the batch of one partition says about its producer, and what it holds. */
export interface BatchContent {
  producerId: bigint
  producerEpoch: number
  firstSequence: number
  messages: ProduceMessage[] | PackedRecords
}

const MAGIC = 2
const NO_ATTRIBUTES = 0

/**
 * Writes a record batch (format 2) without compression, length and checksum filled in afterwards.
 * Messages without a timestamp get that of this moment, as the library gives them.
 */
export function writeRecordBatch(writer: ByteWriter, content: BatchContent): void {
  const { producerId, producerEpoch, firstSequence, messages } = content
  const now = Date.now()
  const isPacked = messages instanceof PackedRecords
  const { first, max } = isPacked ? { first: now, max: now } : timesOf(messages, now)
  writer.int64(0n) // base offset: the broker sets it
  const length = writer.reserveInt32()
  const lengthFrom = writer.length
  writer.int32(0) // partition leader epoch: the broker sets it
  writer.int8(MAGIC)
  const checksum = writer.reserveInt32()
  const checksumFrom = writer.length
  writer.int16(NO_ATTRIBUTES)
  writer.int32(messages.length - 1)
  writer.int64(toBigInt(first))
  writer.int64(toBigInt(max))
  writer.int64(producerId)
  writer.int16(producerEpoch)
  writer.int32(firstSequence)
  writer.int32(messages.length)
  if (isPacked) writer.bytes(messages.bytes)
  else writeRecords(writer, messages, Number(first), now)
  writer.setInt32(length, writer.length - lengthFrom)
  writer.setInt32(checksum, crc32c(writer.written, checksumFrom) | 0)
}

function writeRecords(
  writer: ByteWriter,
  messages: ProduceMessage[],
  first: number,
  now: number,
): void {
  for (const [offset, message] of messages.entries()) {
    writeRecord(writer, message, Number(message.timestamp || now) - first, offset)
  }
}

/** The library sorts timestamps as text; its choice of the first and the last is kept. */
function timesOf(
  messages: ProduceMessage[],
  now: number,
): { first: number | string; max: number | string } {
  if (messages.every(({ timestamp }) => timestamp === null || timestamp === undefined)) {
    return { first: now, max: now }
  }
  const sorted = messages
    .map(({ timestamp }) => timestamp)
    .filter((timestamp) => timestamp !== null && timestamp !== undefined)
    .sort(byText)
  return { first: sorted[0] ?? now, max: sorted.at(-1) ?? now }
}

function byText(one: number | string, other: number | string): number {
  const [a, b] = [String(one), String(other)]
  if (a === b) return 0
  return a < b ? -1 : 1
}

function writeRecord(
  writer: ByteWriter,
  { key, value, headers }: ProduceMessage,
  timestampDelta: number,
  offsetDelta: number,
): void {
  const list = headers === undefined ? NO_HEADERS : listOf(headers)
  writer.varint(
    1 +
      sizeOfVarint(timestampDelta) +
      sizeOfVarint(offsetDelta) +
      sizeOfVarintBytes(key) +
      sizeOfVarintBytes(value) +
      sizeOfHeaders(list),
  )
  writer.int8(NO_ATTRIBUTES)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.varintBytes(key)
  writer.varintBytes(value)
  writer.varint(list.length)
  for (const [name, header] of list) {
    writer.varintBytes(name)
    writer.varintBytes(header)
  }
}

type HeaderList = [name: string, value: HeaderValue][]
const NO_HEADERS: HeaderList = []

function listOf(headers: Record<string, HeaderValue | HeaderValue[]>): HeaderList {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, HeaderValue] => [name, value]),
  )
}

function sizeOfHeaders(list: HeaderList): number {
  let size = sizeOfVarint(list.length)
  for (const [name, value] of list) size += sizeOfVarintBytes(name) + sizeOfVarintBytes(value)
  return size
}
