import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaAddresses, redisUrl, registryUrl } from '@orders/cluster/settings'
import { withAdmin, type KafkaAdmin } from '@orders/platform/kafka/admin'
import { deadLetterTopic, ordersTopic } from '@orders/platform/kafka/topics'
import { readLedger } from '@orders/platform/ledger'
import type { Arena, ConsumerName } from '../drill.ts'
import { Service } from '../service.ts'
import { until } from '../until.ts'
import { CONSUMERS, untilListening } from './services.ts'

const PARTITIONS = 5
const TOPIC_LIMIT_MS = 60_000
const STORED_LIMIT_MS = 60_000
const WARN = 40

/**
 * A topic, groups, a producer and consumers beside those of the drill, for what cannot be done to
 * the drill's own topic: what is acknowledged there must stay there.
 */
export class SidePipeline {
  readonly topic: string
  readonly #arena: Arena
  readonly #folder: string
  readonly #consumers = new Map<ConsumerName, Service>()
  readonly #logs = new Set<string>()
  #producers = 0

  constructor(arena: Arena, turn: number) {
    this.#arena = arena
    this.topic = `${arena.topic}-side-${turn}`
    this.#folder = join(arena.folder, `side-${turn}`)
    mkdirSync(this.#folder, { recursive: true })
  }

  /** The topic of its bad messages. */
  get dlqTopic(): string {
    return `${this.topic}.dlq`
  }

  /** The name of one of its groups. */
  groupOf(name: ConsumerName): string {
    return `${this.topic}-${name}`
  }

  /** Makes its topic; one that was just deleted may take a while to go. */
  async makeTopic(): Promise<void> {
    const { signal } = this.#arena
    await until({ what: 'a topic is made', limitMs: TOPIC_LIMIT_MS, signal }, () =>
      this.ask(async (admin) => {
        await admin.ensureTopic(deadLetterTopic(this.dlqTopic, PARTITIONS))
        await admin.ensureTopic(ordersTopic(this.topic))
        return (await admin.countPartitions(this.topic)) === PARTITIONS
      }),
    )
  }

  /** Sends so many orders and gives where each was acknowledged. */
  async produce(count: number): Promise<Map<string, { partition: number; offset: number }>> {
    this.#producers += 1
    const ledger = join(this.#folder, `ledger-${this.#producers}.jsonl`)
    const args = ['--count', `${count}`, '--interval', '0']
    const label = `side-producer-${this.#producers}`
    const producer = this.#start('producer', label, args, { LEDGER_FILE: ledger })
    const { signal } = this.#arena
    const what = `${label} is done`
    await until({ what, limitMs: STORED_LIMIT_MS, signal }, () => producer.endings.length > 0)
    await producer.abandon()
    const acknowledged = new Map<string, { partition: number; offset: number }>()
    for await (const entry of readLedger(ledger)) {
      if (entry.kind !== 'acknowledged') continue
      const { orderId, partition, offset } = entry
      acknowledged.set(orderId, { partition, offset: Number(offset) })
    }
    return acknowledged
  }

  /** Starts a member of each group. */
  startConsumers(): void {
    for (const name of CONSUMERS) {
      const label = `side-${name}-${this.#logs.size}`
      const service = this.#start(`consumer-${name}`, label, [], {
        KAFKA_GROUP_ID: this.groupOf(name),
        KAFKA_DLQ_TOPIC: this.dlqTopic,
        REDIS_URL: redisUrl(this.#arena.settings),
      })
      this.#logs.add(service.logFile)
      this.#consumers.set(name, service)
    }
  }

  /** Ends them as an operator would. */
  async stopConsumers(): Promise<void> {
    for (const service of this.#consumers.values()) {
      await untilListening(this.#arena, service)
      await service.terminate()
    }
    this.#consumers.clear()
  }

  /** Waits until both consumers have these orders in Redis. */
  async untilStored(orderIds: Iterable<string>): Promise<void> {
    const { redis, signal } = this.#arena
    const ids = [...orderIds]
    const what = `${ids.length} orders of ${this.topic} are in Redis`
    await until({ what, limitMs: STORED_LIMIT_MS, signal }, async () => {
      const keys = CONSUMERS.flatMap((name) => ids.map((id) => `${this.topic}:${name}:${id}`))
      return keys.length === 0 || (await redis.exists(...keys)) === keys.length
    })
  }

  /** How many orders a consumer has counted as stored, each once. */
  async countStored(name: ConsumerName): Promise<number> {
    const keys = Array.from({ length: PARTITIONS }, (_, partition) => partition)
    const counts = await Promise.all(
      keys.map((p) => this.#arena.redis.hget(`positions:${this.topic}:${name}:${p}`, 'stored')),
    )
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0)
  }

  /** How many records the topic of bad messages holds. */
  async countDeadLetters(): Promise<number> {
    const ranges = await this.ask((admin) => admin.fetchRanges(this.dlqTopic))
    return ranges.reduce((sum, { high }) => sum + Number(high), 0)
  }

  /** Every line of the consumers that is a warning or worse. */
  loudLines(): string[] {
    const lines = [...this.#logs].flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    return lines.flatMap((line) => {
      const entry = parseLine(line)
      return entry !== null && entry.level >= WARN ? [entry.msg] : []
    })
  }

  /** Asks the brokers something, past the links. */
  ask<T>(question: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
    const brokers = kafkaAddresses(this.#arena.settings)
    return withAdmin({ clientId: 'drills', brokers, retries: 8 }, question)
  }

  /** Leaves nothing running, and no topic. */
  async dispose(): Promise<void> {
    for (const service of this.#consumers.values()) await service.abandon()
    const topics = [this.topic, this.dlqTopic]
    await this.#arena.brokers.deleteTopics(topics).catch(() => undefined)
  }

  #start(
    kind: 'producer' | 'consumer-auto' | 'consumer-batch',
    label: string,
    args: string[],
    env: Record<string, string>,
  ): Service {
    const { settings } = this.#arena
    const common = {
      KAFKA_BROKERS: kafkaAddresses(settings).join(','),
      KAFKA_TOPIC: this.topic,
      SCHEMA_REGISTRY_URL: registryUrl(settings),
      LOG_FORMAT: 'json',
    }
    return new Service({ kind, label, folder: this.#folder, args, env: { ...common, ...env } })
  }
}

function parseLine(line: string): { level: number; msg: string } | null {
  if (!line.startsWith('{')) return null
  const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown }
  const levels: Record<string, number> = { warn: WARN, error: 50, fatal: 60 }
  const rank = typeof level === 'number' ? level : (levels[String(level).toLowerCase()] ?? 0)
  return typeof msg === 'string' ? { level: rank, msg } : null
}
