import { randomUUID } from 'node:crypto'
import type { Consumer, EachBatchPayload, IHeaders } from 'kafkajs'
import { withAdmin } from './admin.ts'
import { createKafka, type KafkaClient, type KafkaOptions } from './client.ts'

/** What to look for, and where. */
export interface RecordSearch {
  topic: string
  partition: number
  /** Nothing older than this needs to be looked at; ms. */
  sinceMs: number
  matches: (headers: IHeaders) => boolean
}

const SEARCH_TIMEOUT_MS = 20_000
const MAX_WAIT_MS = 200

/**
 * Looks through the end of a partition and returns the offset of the first match, or null. Throws
 * when Kafka is away or the search takes longer than 20 s. The library reads only as a member of
 * a group, so a group of its own lives for the length of the search.
 */
export async function findRecord(
  options: KafkaOptions,
  search: RecordSearch,
): Promise<bigint | null> {
  const kafka = createKafka(options)
  const range = await fetchRange(kafka, search)
  if (range.from >= range.end) return null
  const groupId = `search-${randomUUID()}`
  try {
    return await readThrough(kafka, groupId, search, range)
  } finally {
    await forgetGroup(options, groupId)
  }
}

interface Range {
  from: bigint
  end: bigint
}

async function fetchRange(kafka: KafkaClient, search: RecordSearch): Promise<Range> {
  const { topic, partition, sinceMs } = search
  const admin = kafka.admin()
  try {
    await admin.connect()
    const ends = await admin.fetchTopicOffsets(topic)
    const starts = await admin.fetchTopicOffsetsByTimestamp(topic, sinceMs)
    const end = BigInt(ends.find((entry) => entry.partition === partition)?.high ?? 0)
    const start = starts.find((entry) => entry.partition === partition)?.offset ?? '-1'
    return { from: start === '-1' ? end : BigInt(start), end }
  } finally {
    await admin.disconnect()
  }
}

async function readThrough(
  kafka: KafkaClient,
  groupId: string,
  search: RecordSearch,
  range: Range,
): Promise<bigint | null> {
  const { topic, partition } = search
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS })
  let timer: NodeJS.Timeout | undefined
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    return await new Promise<bigint | null>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no end of ${topic}/${partition} within ${SEARCH_TIMEOUT_MS} ms`)),
        SEARCH_TIMEOUT_MS,
      )
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      run(consumer, search, range, resolve).catch(reject)
    })
  } finally {
    clearTimeout(timer)
    await consumer.disconnect()
  }
}

async function run(
  consumer: Consumer,
  search: RecordSearch,
  { from, end }: Range,
  resolve: (offset: bigint | null) => void,
): Promise<void> {
  const { topic, partition, matches } = search
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }: EachBatchPayload) => {
      if (batch.partition !== partition) return Promise.resolve()
      const found = batch.messages.find(
        ({ offset, headers }) => BigInt(offset) >= from && matches(headers ?? {}),
      )
      if (found) resolve(BigInt(found.offset))
      else if (BigInt(batch.lastOffset()) >= end - 1n) resolve(null)
      return Promise.resolve()
    },
  })
  consumer.seek({ topic, partition, offset: String(from) })
}

async function forgetGroup(options: KafkaOptions, groupId: string): Promise<void> {
  // It has no committed offsets; the broker forgets it by itself where this fails.
  await withAdmin(options, (admin) => admin.deleteGroups([groupId])).catch(() => undefined)
}
