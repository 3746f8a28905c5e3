import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  kafkaAddresses,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'
import { withAdmin } from '@orders/platform/kafka/admin'
import { deadLetterTopic, ordersTopic } from '@orders/platform/kafka/topics'
import { openRedis, type RedisConnection } from '@orders/platform/redis'
import type { Sources } from '@orders/referee/read-evidence'
import type { Redis } from 'ioredis'
import { Brokers } from './brokers.ts'
import type { Arena, ConsumerName, Load } from './drill.ts'
import type { Links } from './links.ts'
import { areShared } from './membership.ts'
import { Pulse } from './pulse.ts'
import { Service, type ServiceKind } from './service.ts'
import { until } from './until.ts'

/** What an arena is made of. */
export interface ArenaOptions {
  settings: ClusterSettings
  /** Names the topic and the groups; unique on this cluster. */
  name: string
  folder: string
  load: Load
  /** Decides which orders the producers make up. */
  seed: number
  links: Links
  say: (line: string) => void
  signal: AbortSignal
}

const PARTITIONS = 5
const COMMIT_EVERY: Record<ConsumerName, number> = { auto: 1, batch: 10 }
const NAMES: readonly ConsumerName[] = ['auto', 'batch']
const WITHOUT_END = '100000000'
const TOPIC_LIMIT_MS = 60_000
const JOIN_LIMIT_MS = 90_000
const FLOW_LIMIT_MS = 60_000
const FLOW_ORDERS = 50
const LISTENING_LIMIT_MS = 60_000
const DRAIN_LIMIT_MS = 90_000
const DRAIN_POLL_MS = 500

/** A topic, groups and real services of one drill on a cluster that runs. */
export class DrillArena implements Arena {
  readonly settings: ClusterSettings
  readonly topic: string
  readonly dlqTopic: string
  readonly folder: string
  readonly brokers: Brokers
  readonly links: Links
  readonly pulse: Pulse
  readonly producers: Service[] = []
  readonly signal: AbortSignal
  readonly #options: ArenaOptions
  readonly #connection: RedisConnection
  readonly #members: Record<ConsumerName, Service[]> = { auto: [], batch: [] }
  readonly #ledgerFiles: string[] = []

  constructor(options: ArenaOptions) {
    const { settings, name, folder, links, signal } = options
    this.#options = options
    this.settings = settings
    this.topic = `orders-${name}`
    this.dlqTopic = `${this.topic}.dlq`
    this.folder = folder
    this.links = links
    this.signal = signal
    this.brokers = new Brokers(settings, signal)
    this.#connection = openRedis(redisUrl(settings))
    this.pulse = new Pulse(this.topic, this.#connection.redis)
    mkdirSync(folder, { recursive: true })
  }

  get redis(): Redis {
    return this.#connection.redis
  }

  groupOf(name: ConsumerName): string {
    return `${this.topic}-${name}`
  }

  members(name: ConsumerName): Service[] {
    return this.#members[name]
  }

  say(line: string): void {
    this.#options.say(line)
  }

  addMember(name: ConsumerName, env: Record<string, string> = {}): Service {
    const members = this.#members[name]
    const label = `${name}-${members.length + 1}`
    const member = this.#startService(`consumer-${name}`, label, [], {
      KAFKA_GROUP_ID: this.groupOf(name),
      KAFKA_DLQ_TOPIC: this.dlqTopic,
      REDIS_URL: this.links.redisUrl,
      ...env,
    })
    members.push(member)
    return member
  }

  addProducer(env: Record<string, string> = {}): Service {
    const { load, seed } = this.#options
    const turn = this.producers.length + 1
    const rate = load.ordersPerSecond / load.producers
    const ledger = env['LEDGER_FILE'] ?? join(this.folder, `ledger-${turn}.jsonl`)
    const args = ['--count', WITHOUT_END, '--rate', `${rate}`, '--seed', `${seed + turn}`]
    const own = { LEDGER_FILE: ledger, ...env }
    const producer = this.#startService('producer', `producer-${turn}`, args, own)
    this.producers.push(producer)
    if (!this.#ledgerFiles.includes(ledger)) {
      this.#ledgerFiles.push(ledger)
      this.pulse.follow(ledger)
    }
    return producer
  }

  /** Makes the topics and starts the consumers, until they share the partitions. */
  async assemble(): Promise<void> {
    const { load, signal } = this.#options
    await this.#makeTopics()
    for (const name of NAMES) {
      for (let turn = 0; turn < load.members; turn += 1) this.addMember(name)
    }
    const wait = { what: 'the members share the partitions', limitMs: JOIN_LIMIT_MS, signal }
    await until(wait, () => NAMES.every((name) => areShared(this.members(name), PARTITIONS)))
  }

  /** Starts the producers, until orders arrive at both consumers. */
  async startLoad(): Promise<void> {
    const { load, signal } = this.#options
    for (let turn = 0; turn < load.producers; turn += 1) this.addProducer()
    await this.pulse.untilProgress(FLOW_ORDERS, FLOW_LIMIT_MS, signal)
  }

  /**
   * Ends the producers, waits until the consumers have read everything, and ends them. Gives a
   * sentence about everything that did not go as it should.
   */
  async close(): Promise<string[]> {
    const failures = await this.#end(this.producers)
    await this.pulse.untilCaughtUp(this.pulse.mark(), DRAIN_LIMIT_MS, this.signal)
    const { inFlight } = this.pulse
    if (inFlight > 0) failures.push(`${inFlight} orders were never acknowledged`)
    failures.push(...(await this.#untilDrained()))
    // Together: a member that is left over would read again what the others had not committed.
    failures.push(...(await this.#end([...this.#members.auto, ...this.#members.batch])))
    await this.pulse.close()
    return failures
  }

  /** Where the referee finds everything about this drill. */
  sources(): Sources {
    const { settings, topic, dlqTopic } = this
    return {
      settings,
      topic,
      dlqTopic,
      ledgerFiles: this.#ledgerFiles,
      registryUrl: registryUrl(settings),
      redisUrl: redisUrl(settings),
      consumers: NAMES.map((name) => ({
        name,
        groupId: this.groupOf(name),
        commitEvery: COMMIT_EVERY[name],
        traceFiles: this.members(name).flatMap(({ writtenTraces }) => writtenTraces),
      })),
    }
  }

  /** Everything that was started here. */
  services(): Service[] {
    return [...this.producers, ...this.#members.auto, ...this.#members.batch]
  }

  /** Leaves nothing running, whatever has happened before. */
  async dispose(): Promise<void> {
    this.brokers.thawAll()
    await Promise.all(this.services().map((service) => service.abandon()))
    await this.pulse.close()
    await this.links.close()
    await this.#connection.close()
  }

  /** Takes topics and keys away, so that the next drill has the cluster for itself. */
  async forget(): Promise<void> {
    await this.brokers.deleteTopics([this.topic, this.dlqTopic]).catch(() => undefined)
    await this.redis.flushall().catch(() => undefined)
  }

  #startService(
    kind: ServiceKind,
    label: string,
    args: string[],
    env: Record<string, string>,
  ): Service {
    return new Service({
      kind,
      label,
      folder: this.folder,
      args,
      env: {
        KAFKA_BROKERS: this.links.kafkaAddresses.join(','),
        KAFKA_TOPIC: this.topic,
        SCHEMA_REGISTRY_URL: this.links.registryUrl,
        LOG_FORMAT: 'json',
        ...env,
      },
    })
  }

  async #makeTopics(): Promise<void> {
    const wait = { what: 'the topics are made', limitMs: TOPIC_LIMIT_MS, signal: this.signal }
    const brokers = kafkaAddresses(this.settings)
    await until(wait, () =>
      withAdmin({ clientId: 'drills', brokers }, async (admin) => {
        await admin.ensureTopic(ordersTopic(this.topic))
        await admin.ensureTopic(deadLetterTopic(this.dlqTopic, PARTITIONS))
        return (await admin.countPartitions(this.dlqTopic)) === PARTITIONS
      }),
    )
  }

  async #end(services: Service[]): Promise<string[]> {
    const alive = services.filter(({ isRetired }) => !isRetired)
    const wait = {
      what: 'the services listen to signals',
      limitMs: LISTENING_LIMIT_MS,
      signal: this.signal,
    }
    await until(wait, () => alive.every((each) => each.isRetired || each.isListening))
    const endings = await Promise.all(alive.map((service) => service.terminate()))
    return endings.flatMap(({ code, signal }, index) => {
      const label = alive[index]?.label ?? 'a service'
      return code === 0 ? [] : [`${label} ended by ${signal ?? `exit code ${code}`} at the end`]
    })
  }

  async #untilDrained(): Promise<string[]> {
    const { signal } = this
    const what = 'both consumers are at the end of the log'
    const wait = { what, limitMs: DRAIN_LIMIT_MS, signal, everyMs: DRAIN_POLL_MS }
    try {
      const ends = await this.brokers.endsOf(this.topic)
      await until(wait, () => NAMES.every((name) => this.#isAt(name, ends)))
      return []
    } catch (error) {
      signal.throwIfAborted()
      return [error instanceof Error ? error.message : String(error)]
    }
  }

  #isAt(name: ConsumerName, ends: ReadonlyMap<number, number>): boolean {
    return [...ends].every(([partition, end]) => this.pulse.next(name, partition) >= end)
  }
}
