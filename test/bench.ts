import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  kafkaAddresses,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'
import { withAdmin, type KafkaAdmin } from '@orders/platform/kafka/admin'
import { readLedger } from '@orders/platform/ledger'
import { readPosition, type ConsumerName, type StoredPosition } from '@orders/platform/order-store'
import { openRedis, type RedisClient } from '@orders/platform/redis'
import { inject, onTestFinished } from 'vitest'

/** A place of its own for one test on the shared cluster: topic, groups, ledger, Redis keys. */
export interface Bench {
  settings: ClusterSettings
  brokers: string[]
  registryUrl: string
  redisUrl: string
  redis: RedisClient
  topic: string
  dlqTopic: string
  /** What is kept there is gone after the test. */
  folder: string
  ledgerFile: string
  groupOf(name: ConsumerName): string
  consumerEnv(service: 'consumer-auto' | 'consumer-batch'): Record<string, string>
}

/** Sets up a bench that cleans up after its test. */
export function createBench(): Bench {
  const settings = inject('cluster')
  const topic = `orders-${randomUUID().slice(0, 8)}`
  const folder = mkdtempSync(join(tmpdir(), 'orders-bench-'))
  const { redis, close } = openRedis(redisUrl(settings))
  onTestFinished(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  const groupOf = (name: ConsumerName): string => `${topic}-${name}`
  return {
    settings,
    brokers: kafkaAddresses(settings),
    registryUrl: registryUrl(settings),
    redisUrl: redisUrl(settings),
    redis,
    topic,
    dlqTopic: `${topic}.dlq`,
    folder,
    ledgerFile: join(folder, 'ledger.jsonl'),
    groupOf,
    consumerEnv: (service) => ({
      KAFKA_GROUP_ID: groupOf(service === 'consumer-auto' ? 'auto' : 'batch'),
      KAFKA_DLQ_TOPIC: `${topic}.dlq`,
    }),
  }
}

/** Asks the cluster of a bench something. */
export function askKafka<T>(bench: Bench, ask: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
  return withAdmin({ clientId: 'test', brokers: bench.brokers, retries: 8 }, ask)
}

/** The orders that the ledger calls acknowledged, with where. */
export async function readAcknowledged(bench: Bench): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>()
  for await (const entry of readLedger(bench.ledgerFile)) {
    if (entry.kind !== 'acknowledged') continue
    acknowledged.set(entry.orderId, `${entry.partition}/${entry.offset}`)
  }
  return acknowledged
}

/** The hashes of one consumer by order id. */
export async function readStored(
  bench: Bench,
  name: ConsumerName,
): Promise<Map<string, Record<string, string>>> {
  const stored = new Map<string, Record<string, string>>()
  for await (const keys of bench.redis.scanStream({
    match: `${bench.topic}:${name}:*`,
    count: 1_000,
  })) {
    for (const key of keys as string[]) {
      stored.set(key.split(':').at(-1) ?? '', await bench.redis.hgetall(key))
    }
  }
  return stored
}

/** How far a consumer has come in each partition, by its own account in Redis. */
export async function readPositions(bench: Bench, name: ConsumerName): Promise<StoredPosition[]> {
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(bench.topic))
  return Promise.all(
    ranges.map(({ partition }) => readPosition(bench.redis, bench.topic, name, partition)),
  )
}

/** The sum of the committed offsets of a group. */
export async function sumCommitted(bench: Bench, name: ConsumerName): Promise<number> {
  const committed = await askKafka(bench, (admin) =>
    admin.fetchCommitted(bench.groupOf(name), bench.topic),
  )
  return [...committed.values()].reduce((sum, offset) => sum + Number(offset), 0)
}
