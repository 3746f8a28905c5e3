import { ByteWriter } from './byte-writer.ts'
import { boundOf, boundOfString, toBigInt, type ProduceInput } from './produce-input.ts'
import { writeRecordBatch } from './record-batch.ts'

/** What stands in front of a request on a connection. */
export interface RequestHead {
  apiKey: number
  apiVersion: number
  correlationId: number
  clientId: string | null
}

const HEAD_SIZE = 12

/**
 * Encodes a produce request of version 3 to 7 (they differ in the answer only) into one buffer, and
 * its head in front of it when one is given. Null means that the library itself must encode it.
 */
export function encodeProduce(input: ProduceInput, head?: RequestHead): Buffer | null {
  const bound = boundOf(input) + (head ? HEAD_SIZE + boundOfString(head.clientId) : 0)
  if (Number.isNaN(bound)) return null
  const writer = new ByteWriter(bound)
  if (head) {
    const length = writer.reserveInt32()
    writeHead(writer, head)
    writeBody(writer, input)
    writer.setInt32(length, writer.length - Int32Array.BYTES_PER_ELEMENT)
  } else {
    writeBody(writer, input)
  }
  return writer.written
}

function writeHead(writer: ByteWriter, head: RequestHead): void {
  writer.int16(head.apiKey)
  writer.int16(head.apiVersion)
  writer.int32(head.correlationId)
  writer.string(head.clientId)
}

function writeBody(writer: ByteWriter, input: ProduceInput): void {
  const { acks, timeout, producerId = -1, producerEpoch = 0, topicData } = input
  writer.string(null) // no transaction
  writer.int16(acks)
  writer.int32(timeout)
  writer.int32(topicData.length)
  for (const { topic, partitions } of topicData) {
    writer.string(topic)
    writer.int32(partitions.length)
    for (const { partition, firstSequence = 0, messages } of partitions) {
      writer.int32(partition)
      const size = writer.reserveInt32()
      const from = writer.length
      writeRecordBatch(writer, {
        producerId: toBigInt(producerId),
        producerEpoch,
        firstSequence,
        messages,
      })
      writer.setInt32(size, writer.length - from)
    }
  }
}
