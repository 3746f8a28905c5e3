import { randomUUID } from 'node:crypto'
import { createKafka } from '@orders/platform/kafka/client'
import type { MessageHeaders } from '@orders/platform/kafka/delivery'
import { askKafka, type Bench } from './bench.ts'
import { until } from './until.ts'

/** A record as it is on the log. */
export interface LogRecord {
  partition: number
  offset: bigint
  key: Buffer | null
  value: Buffer | null
  headers: MessageHeaders
}

/** Reads a whole topic, partition by partition in the order of the log. */
export async function readTopic(bench: Bench, topic: string): Promise<LogRecord[]> {
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(topic))
  const records: LogRecord[] = []
  const missing = new Map(
    ranges.filter(({ low, high }) => high > low).map(({ partition, high }) => [partition, high]),
  )
  if (missing.size === 0) return records
  const groupId = `reader-${randomUUID()}`
  const consumer = createKafka({ clientId: 'reader', brokers: bench.brokers }).consumer({ groupId })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message: { key, value, headers, ...message } }) => {
        const offset = BigInt(message.offset)
        records.push({ partition, offset, key, value, headers: headers ?? {} })
        if (missing.get(partition) === offset + 1n) missing.delete(partition)
        return Promise.resolve()
      },
    })
    await until(`${topic} is read to its end`, () => missing.size === 0)
  } finally {
    await consumer.disconnect()
    await askKafka(bench, (admin) => admin.deleteGroups([groupId]))
  }
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}
