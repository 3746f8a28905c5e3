import { kafkaAddresses } from '@orders/cluster/settings'
import { until } from '@orders/drills/until'
import { withAdmin, type KafkaAdmin } from '@orders/platform/kafka/admin'
import { createKafka } from '@orders/platform/kafka/client'
import { deadLetterTopic, ordersTopic } from '@orders/platform/kafka/topics'
import type { Lab } from './lab.ts'
import type { EncodedOrder } from './made-orders.ts'

const TOPIC_LIMIT_MS = 60_000
const RECORDS_PER_SEND = 2_000
/** All may go to one partition, whose batch the brokers take up to 1 MiB. */
const BYTES_PER_SEND = 700 * 1024
const ALL_REPLICAS = -1
const RETRIES = 8
interface Placed extends EncodedOrder {
  partition: number
}

const OFFSETS_TOPIC = '__consumer_offsets'

/** Asks the cluster something. */
export function askKafka<T>({ settings }: Lab, ask: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
  const brokers = kafkaAddresses(settings)
  return withAdmin({ clientId: 'bench', brokers, retries: RETRIES }, ask)
}

/** Makes a topic of the shape that the product gives it, and waits until it can be used. */
export async function makeTopic(lab: Lab, topic: string): Promise<void> {
  const { partitions, signal } = lab
  const dlqTopic = dlqOf(topic)
  const wait = { what: `topic ${topic} is made`, limitMs: TOPIC_LIMIT_MS, signal }
  await until(wait, () =>
    askKafka(lab, async (admin) => {
      await admin.ensureTopic({ ...ordersTopic(topic), partitions })
      await admin.ensureTopic(deadLetterTopic(dlqTopic, partitions))
      const counts = await Promise.all([topic, dlqTopic].map((name) => admin.countPartitions(name)))
      return counts.every((count) => count === partitions)
    }),
  )
}

/**
 * Makes a topic and puts orders on it, so that consumers find them there. Evenly, whatever the keys
 * are: else workers of a partition each would wait for the one with the best customers.
 */
export async function fillTopic(
  lab: Lab,
  topic: string,
  orders: Iterable<EncodedOrder>,
): Promise<void> {
  await makeTopic(lab, topic)
  const kafka = createKafka({ clientId: 'bench', brokers: kafkaAddresses(lab.settings) })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  let [count, bytes, made] = [0, 0, 0]
  try {
    await producer.connect()
    const send = (messages: Placed[]) => producer.send({ topic, acks: ALL_REPLICAS, messages })
    let messages: Placed[] = []
    for (const { key, value } of orders) {
      messages.push({ key, value, partition: made % lab.partitions })
      bytes += value.length
      made += 1
      if (messages.length < RECORDS_PER_SEND && bytes < BYTES_PER_SEND) continue
      lab.signal.throwIfAborted()
      await send(messages)
      count += messages.length
      messages = []
      bytes = 0
    }
    if (messages.length > 0) await send(messages)
    count += messages.length
  } finally {
    await producer.disconnect()
  }
  const found = await countRecords(lab, topic)
  if (found !== count) throw new Error(`topic ${topic} holds ${found} of ${count}`)
}

/** How many records a topic holds. */
export async function countRecords(lab: Lab, topic: string): Promise<number> {
  const ranges = await askKafka(lab, (admin) => admin.fetchRanges(topic))
  return ranges.reduce((sum, { low, high }) => sum + Number(high - low), 0)
}

/** How many records there have ever been about commits, of all groups. */
export async function countCommits(lab: Lab): Promise<number> {
  const isThere = await askKafka(lab, (admin) => admin.countPartitions(OFFSETS_TOPIC))
  if (isThere === null) return 0
  const ranges = await askKafka(lab, (admin) => admin.fetchRanges(OFFSETS_TOPIC))
  return ranges.reduce((sum, { high }) => sum + Number(high), 0)
}

/** How many orders of a topic a group has committed. */
export async function countCommitted(lab: Lab, groupId: string, topic: string): Promise<number> {
  const offsets = await askKafka(lab, (admin) => admin.fetchCommitted(groupId, topic))
  return [...offsets.values()].reduce((sum, offset) => sum + Number(offset), 0)
}

/** Takes a topic away, so that its bytes do not weigh on the rows after it. */
export async function forgetTopic({ brokers }: Lab, topic: string): Promise<void> {
  await brokers.deleteTopics([topic, dlqOf(topic)])
}

/** Where messages that are no orders would go; there are none. */
export function dlqOf(topic: string): string {
  return `${topic}.dlq`
}
