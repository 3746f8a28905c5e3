import fc from 'fast-check'
import { Partitioners, type PartitionMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import { partitionOf } from './partition.ts'

const reference = Partitioners.DefaultPartitioner()
const metadata = (partitions: number): PartitionMetadata[] =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }))

test('sends every key to the partition that the client library would choose', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 1, max: 64 }), (bytes, n) => {
      const key = Buffer.from(bytes)
      const expected = reference({
        topic: 't',
        partitionMetadata: metadata(n),
        message: { key, value: null },
      })
      expect(partitionOf(key, n)).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})

test('agrees with the Java client on known keys', () => {
  // Values of org.apache.kafka.common.utils.Utils.murmur2 in Kafka's own unit test.
  expect(partitionOf(Buffer.from('21'), 0x7fffffff)).toBe(-973932308 & 0x7fffffff)
  expect(partitionOf(Buffer.from('foobar'), 0x7fffffff)).toBe(-790332482 & 0x7fffffff)
})
