import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { ConsumerName } from './drill.ts'
import { LedgerTail } from './ledger-tail.ts'
import { OrderCount } from './order-count.ts'
import { Progress } from './progress.ts'
import { sum } from './statistics.ts'
import { until } from './until.ts'

const POLL_MS = 200
const PARTITIONS_MIN = 5
const CONSUMERS: readonly ConsumerName[] = ['auto', 'batch']

/** Everything that was tried by a moment and still had to be acknowledged then. */
export interface PulseMark {
  atMs: number
  orderIds: string[]
}

/** How long it took until everything before a mark was done; `null` with what is missing. */
export type CatchUp = { atMs: number } | { atMs: null; missing: string }

/** The longest stretches without progress in a span of time, in ms. */
export interface Gaps {
  acknowledged: number
  auto: number
  batch: number
  /** Of a single partition, the worst of them. */
  partition: number
}

interface Position {
  next: number
  stored: number
}

/** How orders flow, seen in the ledgers and in Redis; Kafka is not asked. */
export class Pulse {
  readonly #topic: string
  readonly #redis: Redis
  readonly #tails: LedgerTail[] = []
  readonly #count = new OrderCount()
  readonly #positions = new Map<ConsumerName, Map<number, Position>>()
  readonly #stored = new Map<ConsumerName, Progress>()
  readonly #stop = new AbortController()
  readonly #polling: Promise<unknown>

  constructor(topic: string, redis: Redis) {
    this.#topic = topic
    this.#redis = redis
    for (const name of CONSUMERS) {
      this.#positions.set(name, new Map())
      this.#stored.set(name, new Progress())
    }
    this.#polling = Promise.all([this.#followLedgers(), this.#followRedis()])
  }

  /** Follows one ledger more, from its beginning. */
  follow(ledgerFile: string): void {
    this.#tails.push(new LedgerTail(ledgerFile))
  }

  /** How many acknowledgements the ledgers hold. */
  get acknowledged(): number {
    return this.#count.acknowledged.total
  }

  /** How many orders were tried. */
  get tried(): number {
    return this.#count.tried
  }

  /** How many orders were tried and are not acknowledged. */
  get inFlight(): number {
    return this.#count.inFlight
  }

  /** How many orders a consumer has in Redis, each counted once. */
  stored(name: ConsumerName): number {
    return sum([...this.#of(name).values()].map(({ stored }) => stored))
  }

  /** How far a consumer is in a partition: the offset after the last message it is done with. */
  next(name: ConsumerName, partition: number): number {
    return this.#of(name).get(partition)?.next ?? 0
  }

  /** When a partition last acknowledged something; null when it never did. */
  lastAcknowledgedAtMs(partition: number): number | null {
    return this.#count.progressOf(partition).lastAtMs
  }

  /** How many orders a partition has acknowledged. */
  acknowledgedIn(partition: number): number {
    return this.#count.progressOf(partition).total
  }

  /** The longest stretches without progress in a span of time. */
  gaps(fromMs: number, toMs: number): Gaps {
    const partitions = this.#count.partitions.map((partition) => this.#count.progressOf(partition))
    return {
      acknowledged: this.#count.acknowledged.longestGapMs(fromMs, toMs),
      auto: this.#storedBy('auto').longestGapMs(fromMs, toMs),
      batch: this.#storedBy('batch').longestGapMs(fromMs, toMs),
      partition: Math.max(0, ...partitions.map((each) => each.longestGapMs(fromMs, toMs))),
    }
  }

  /** The longest stretch in which nothing at all was acknowledged, or nothing stored by one. */
  longestGapMs(fromMs: number, toMs: number): number {
    const { acknowledged, auto, batch } = this.gaps(fromMs, toMs)
    return Math.max(acknowledged, auto, batch)
  }

  /** Waits until so many orders more are acknowledged and in Redis for both consumers. */
  async untilProgress(orders: number, limitMs: number, signal: AbortSignal): Promise<void> {
    const read = (): number[] => [this.acknowledged, ...CONSUMERS.map((name) => this.stored(name))]
    const before = read()
    const what = `${orders} orders more are acknowledged and in Redis for both consumers`
    await until({ what, limitMs, signal }, () =>
      read().every((now, index) => now >= (before[index] ?? 0) + orders),
    )
  }

  /** Remembers everything that was tried by now. */
  mark(): PulseMark {
    this.#look()
    return { atMs: Date.now(), orderIds: this.#count.outstanding() }
  }

  /**
   * Waits until everything tried before a mark is acknowledged, and both consumers are past all
   * that was acknowledged by then.
   */
  async untilCaughtUp(mark: PulseMark, limitMs: number, signal: AbortSignal): Promise<CatchUp> {
    const end = mark.atMs + limitMs
    let missing: string[] = mark.orderIds
    while ((missing = this.#count.stillOutstanding(missing)).length > 0) {
      if (Date.now() >= end) return tooLate(`${missing.length} orders are not acknowledged`)
      await sleep(POLL_MS, undefined, { signal })
    }
    const ends = this.#count.ends()
    for (;;) {
      const behind = this.#behind(ends)
      if (behind === null) return { atMs: Date.now() }
      if (Date.now() >= end) return tooLate(behind)
      await sleep(POLL_MS, undefined, { signal })
    }
  }

  /** Ends the watching, after a last look. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#polling
    this.#look()
  }

  #behind(ends: ReadonlyMap<number, number>): string | null {
    for (const name of CONSUMERS) {
      for (const [partition, end] of ends) {
        const next = this.next(name, partition)
        if (next < end) return `${name} is at ${next} of ${end} in partition ${partition}`
      }
    }
    return null
  }

  #of(name: ConsumerName): Map<number, Position> {
    return this.#positions.get(name) ?? new Map()
  }

  #storedBy(name: ConsumerName): Progress {
    return this.#stored.get(name) ?? new Progress()
  }

  #look(): void {
    const atMs = Date.now()
    for (const tail of this.#tails) this.#count.take(tail.read(), atMs)
  }

  async #followLedgers(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#look()
      await this.#pause()
    }
  }

  async #followRedis(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // Redis is broken on purpose at times; what cannot be read now is read later.
      await this.#lookAtRedis().catch(() => undefined)
      await this.#pause()
    }
  }

  async #lookAtRedis(): Promise<void> {
    const highest = Math.max(0, ...this.#count.partitions)
    const count = Math.max(PARTITIONS_MIN, highest + 1)
    for (const name of CONSUMERS) {
      const read = Array.from({ length: count }, (_, partition) => this.#read(name, partition))
      const positions = await Promise.all(read)
      positions.forEach((position, partition) => this.#of(name).set(partition, position))
      // Dead letters are progress too.
      const done = sum(positions.map(({ next }) => next))
      this.#storedBy(name).reach(done, Date.now())
    }
  }

  async #read(name: ConsumerName, partition: number): Promise<Position> {
    const key = `positions:${this.#topic}:${name}:${partition}`
    const [next, stored] = await this.#redis.hmget(key, 'next', 'stored')
    return { next: Number(next ?? 0), stored: Number(stored ?? 0) }
  }

  async #pause(): Promise<void> {
    await sleep(POLL_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}

function tooLate(missing: string): CatchUp {
  return { atMs: null, missing }
}
