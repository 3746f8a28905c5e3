import { randomUUID } from 'node:crypto'
import { kafkaAddresses } from '@orders/cluster/settings'
import { withAdmin } from '@orders/platform/kafka/admin'
import { createKafka, type KafkaOptions } from '@orders/platform/kafka/client'
import type { Order } from '@orders/schemas/order'
import { orderType } from '@orders/schemas/order-avro'
import { until } from '../until.ts'
import type { Lab } from './lab.ts'

const WIRE_HEADER_BYTES = 5
const MAX_WAIT_MS = 100
const READ_LIMIT_MS = 60_000
const RETRIES = 8

/** Reads a whole topic, from its beginning to where it ends now: how often each order is on it. */
export async function readLog(lab: Lab, topic: string): Promise<Map<string, number>> {
  const brokers = kafkaAddresses(lab.settings)
  const kafka: KafkaOptions = { clientId: 'compare', brokers, retries: RETRIES }
  const ranges = await withAdmin(kafka, (admin) => admin.fetchRanges(topic))
  const wanted = ranges.filter(({ low, high }) => low < high)
  const next = new Map<number, bigint>()
  const times = new Map<string, number>()
  const onRecord = (partition: number, offset: bigint, value: Buffer | null): void => {
    // After a rebalance or a lost fetch the same records may come again.
    if (offset < (next.get(partition) ?? 0n)) return
    next.set(partition, offset + 1n)
    const { orderId } = decode(value)
    times.set(orderId, (times.get(orderId) ?? 0) + 1)
  }
  const isDone = (): boolean =>
    wanted.every(({ partition, high }) => (next.get(partition) ?? 0n) >= high)
  if (wanted.length > 0) await readUntil(kafka, topic, onRecord, isDone, lab.signal)
  return times
}

async function readUntil(
  options: KafkaOptions,
  topic: string,
  onRecord: (partition: number, offset: bigint, value: Buffer | null) => void,
  isDone: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const groupId = `compare-${randomUUID()}`
  const consumer = createKafka(options).consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message: { offset, value } }) => {
        onRecord(partition, BigInt(offset), value)
        return Promise.resolve()
      },
    })
    await until({ what: `topic ${topic} is read`, limitMs: READ_LIMIT_MS, signal }, isDone)
  } finally {
    await consumer.disconnect()
  }
}

function decode(value: Buffer | null): Order {
  return orderType.fromBuffer((value ?? Buffer.alloc(0)).subarray(WIRE_HEADER_BYTES)) as Order
}
