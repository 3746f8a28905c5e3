import { withAdmin, type KafkaAdmin } from '@orders/platform/kafka/admin'
import type { KafkaOptions } from '@orders/platform/kafka/client'
import { readPosition, type ConsumerName } from '@orders/platform/order-store'
import type { RedisClient } from '@orders/platform/redis'
import { readAcknowledged } from './acknowledged.ts'
import type { ConsumerFacts, Facts, PartitionFacts } from './facts.ts'

/** Where to look. */
export interface FactSources {
  kafka: KafkaOptions
  redis: RedisClient
  topic: string
  dlqTopic: string
  groups: Record<ConsumerName, string>
  ledgerFile: string
  runId: string
}

const CHUNK = 1_000

/** Asks Kafka and Redis how far everything is. */
export function fetchPartitions(sources: FactSources): Promise<PartitionFacts[]> {
  return withAdmin(sources.kafka, async (admin) => {
    const { topic, dlqTopic, groups } = sources
    const ranges = await admin.fetchRanges(topic)
    const auto = await admin.fetchCommitted(groups.auto, topic)
    const batch = await admin.fetchCommitted(groups.batch, topic)
    const dead = await fetchDeadLetters(admin, dlqTopic)
    return Promise.all(
      ranges.map(async ({ partition, low, high }) => ({
        partition,
        low,
        high,
        auto: await fetchConsumer(sources, 'auto', partition, auto.get(partition) ?? 0n),
        batch: await fetchConsumer(sources, 'batch', partition, batch.get(partition) ?? 0n),
        deadLetters: dead.get(partition) ?? 0n,
      })),
    )
  })
}

/** Gathers everything that the verdict needs. */
export async function collectFacts(sources: FactSources, clusterId: string): Promise<Facts> {
  const { redis, topic, ledgerFile, runId } = sources
  const ledger = await readAcknowledged(ledgerFile, { clusterId, topic, runId })
  return {
    partitions: await fetchPartitions(sources),
    acknowledged: ledger.acknowledged.size,
    acknowledgedNow: ledger.acknowledgedNow,
    outstanding: ledger.outstanding,
    storedAuto: await countOrders(redis, topic, 'auto'),
    storedBatch: await countOrders(redis, topic, 'batch'),
    missingAuto: await findMissing(redis, `${topic}:auto`, ledger.acknowledged),
    missingBatch: await findMissing(redis, `${topic}:batch`, ledger.acknowledged),
  }
}

async function fetchDeadLetters(admin: KafkaAdmin, dlqTopic: string) {
  if ((await admin.countPartitions(dlqTopic)) === null) return new Map<number, bigint>()
  const ranges = await admin.fetchRanges(dlqTopic)
  return new Map(ranges.map(({ partition, low, high }) => [partition, high - low]))
}

async function fetchConsumer(
  { redis, topic }: FactSources,
  name: ConsumerName,
  partition: number,
  committed: bigint,
): Promise<ConsumerFacts> {
  const { next, stored } = await readPosition(redis, topic, name, partition)
  return { next: next ?? 0n, stored, committed }
}

/** Counts the hashes themselves, not what anybody says of them. */
async function countOrders(redis: RedisClient, topic: string, name: ConsumerName) {
  const keys = new Set<string>()
  const stream = redis.scanStream({ match: `${topic}:${name}:*`, count: CHUNK })
  for await (const found of stream) for (const key of found as string[]) keys.add(key)
  return keys.size
}

async function findMissing(redis: RedisClient, prefix: string, orderIds: Iterable<string>) {
  const ids = [...orderIds]
  const missing: string[] = []
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK)
    const found = await Promise.all(chunk.map((id) => redis.exists(`${prefix}:${id}`)))
    missing.push(...chunk.filter((_, i) => found[i] !== 1))
  }
  return missing
}
