import { randomUUID } from 'node:crypto'
import { createKafka, type KafkaClient } from '@orders/platform/kafka/client'
import { orderType } from '@orders/schemas/order-avro'
import { askKafka, type Bench } from './bench.ts'
import { until } from './until.ts'
import type { LogRecord } from './verdict.ts'

/** A record with its bytes. */
export interface RawRecord {
  partition: number
  offset: bigint
  key: Buffer | null
  value: Buffer | null
}

const WIRE_HEADER_BYTES = 5
const MAX_WAIT_MS = 100

/** Reads a whole topic, up to where it ends now, with a client of its own; sorted by place. */
export async function dumpTopic(bench: Bench, topic: string): Promise<RawRecord[]> {
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(topic))
  const wanted = ranges.filter(({ low, high }) => low < high)
  if (wanted.length === 0) return []
  const kafka = createKafka({ clientId: 'test-dump', brokers: bench.brokers, retries: 8 })
  const next = new Map<number, bigint>()
  const records: RawRecord[] = []
  await readAll(
    kafka,
    topic,
    (record) => {
      // After a rebalance or a lost fetch the same records may come again.
      if (record.offset < (next.get(record.partition) ?? 0n)) return
      next.set(record.partition, record.offset + 1n)
      records.push(record)
    },
    () => wanted.every(({ partition, high }) => (next.get(partition) ?? 0n) >= high),
  )
  const ends = new Map(ranges.map(({ partition, high }) => [partition, high]))
  return records
    .filter(({ partition, offset }) => offset < (ends.get(partition) ?? 0n))
    .sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}

async function readAll(
  kafka: KafkaClient,
  topic: string,
  onRecord: (record: RawRecord) => void,
  isDone: () => boolean,
): Promise<void> {
  const groupId = `dump-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message: { offset, key, value } }) => {
        onRecord({ partition, offset: BigInt(offset), key, value })
        return Promise.resolve()
      },
    })
    await until(`topic ${topic} is read`, isDone)
  } finally {
    await consumer.disconnect()
  }
  await forgetGroup(kafka, groupId)
}

/** A group that was just left may still count as one with a member. */
async function forgetGroup(kafka: KafkaClient, groupId: string): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    await until(`group ${groupId} is gone`, () =>
      admin.deleteGroups([groupId]).then(
        () => true,
        () => false,
      ),
    )
  } finally {
    await admin.disconnect()
  }
}

/** Reads the orders of a bench back from the log; what is no order comes without one. */
export async function dumpOrders(bench: Bench): Promise<LogRecord[]> {
  const records = await dumpTopic(bench, bench.topic)
  return records.map(({ partition, offset, value }) => ({
    partition,
    offset,
    order: decode(value),
  }))
}

function decode(value: Buffer | null): LogRecord['order'] {
  try {
    const { orderId, customerId, totalCents } = orderType.fromBuffer(
      (value ?? Buffer.alloc(0)).subarray(WIRE_HEADER_BYTES),
    )
    return { orderId, customerId, totalCents }
  } catch {
    return null
  }
}
