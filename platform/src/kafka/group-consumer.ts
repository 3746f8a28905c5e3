import type { Consumer, EachBatchPayload } from 'kafkajs'
import { pause, waitAtMost } from '../patience.ts'
import type { Probe } from '../probe.ts'
import { UserError, describeError } from '../user-error.ts'
import { createKafka, type KafkaOptions } from './client.ts'
import { isBug, isFatal, isUnreadable } from './consumer-errors.ts'
import { createDelivery, RejoinRequired, type Delivery } from './delivery.ts'
import { asNumbers, Progress } from './progress.ts'
import { SharedCommits } from './shared-commits.ts'

/** A member of a consumer group on one topic. */
export interface GroupConsumerOptions extends KafkaOptions {
  groupId: string
  topic: string
  autoCommit: boolean
  /** With `autoCommit`: how often to commit what is resolved; null for every message. */
  commitIntervalMs: number | null
  /** So many partitions are handled at the same time, each in its order. */
  workers: number
  probe: Probe
  signal: AbortSignal
  /** The member gives up after being without a group for this long. */
  outageTimeoutMs: number
  onAssigned: (partitions: number[]) => void
  /** Says which of the partitions have to be read again, and from where: behind their commit. */
  findLost: (partitions: number[]) => Promise<ReadonlyMap<number, bigint>>
  /** Called whenever the group has confirmed this member. */
  onMember: () => void
  /** Called synchronously whenever what was read but not committed will come again. */
  onDropped: () => void
  onTrouble: (message: string) => void
  /** The member cannot go on; the process should end. */
  onFatal: (error: unknown) => void
}

const SESSION_TIMEOUT_MS = 10_000
const REBALANCE_TIMEOUT_MS = 20_000
const HEARTBEAT_INTERVAL_MS = 2_000
const MAX_WAIT_MS = 500 // Also the longest that a stop waits for a fetch.
/**
 * A fetch becomes objects of many times its size, so it is kept small; but each also costs a broker
 * some 2 ms, whatever it brings.
 */
const PARTITION_BYTES_MAX = 256 * 1024
/** Of all partitions of a broker together: memory does not grow with their number. */
const FETCH_BYTES_MAX = 1024 * 1024
const METADATA_MAX_AGE_MS = 15_000
const RETRIES = 5
const RETRY_FIRST_MS = 200
const RETRY_MAX_MS = 2_000
const REBUILD_PAUSE_MS = 1_000
const CLOSE_TIMEOUT_MS = 5_000

/**
 * Reads a topic as a member of a group. When the client library gives up, a new member with a new
 * connection takes over: the library's own restart keeps the old brokers in mind, and some of its
 * errors leave it idle for ever.
 */
export class GroupConsumer {
  readonly #options: GroupConsumerOptions
  #consumer: Consumer | null = null
  #assigned = new Set<number>()
  /** Partitions that have delivered something since the last change of the group. */
  readonly #delivered = new Set<number>()
  readonly #progress = new Progress()
  #commits = new SharedCommits()
  #epoch = 0
  #memberSince = Date.now()
  #abandon: (why: Error) => void = () => undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: GroupConsumerOptions) {
    this.#options = options
  }

  /** Begins to read; every delivery goes to the handler, one at a time for each worker. */
  start(handle: (delivery: Delivery) => Promise<void>): void {
    this.#memberSince = Date.now()
    this.#running = this.#keepRunning(handle)
  }

  /**
   * Looks whether everything that was committed is still stored, as after a sink came back; when
   * not, the member joins again and reads it again. Without this it would wait for a next message.
   */
  async recheck(): Promise<void> {
    const lost = await this.#options.findLost([...this.#assigned])
    if (lost.size > 0) this.#abandon(new Error('stored orders are gone'))
  }

  /**
   * Leaves the group after the delivery in hand. A client that cannot reach its brokers retries
   * for longer than a shutdown may take; it is left to the end of the process.
   */
  async close(): Promise<void> {
    const left = this.#consumer?.disconnect().then(() => this.#running)
    await waitAtMost(CLOSE_TIMEOUT_MS, left)
  }

  async #keepRunning(handle: (delivery: Delivery) => Promise<void>): Promise<void> {
    const { signal, onFatal, onTrouble, outageTimeoutMs, groupId, brokers, topic } = this.#options
    while (!signal.aborted) {
      const error = await this.#runOnce(handle)
      this.#drop()
      if (signal.aborted) return
      if (isFatal(error)) return onFatal(error)
      if (isUnreadable(error)) {
        return onFatal(
          new UserError(
            `topic ${topic} holds messages that kafkajs cannot read (${describeError(error)}): ` +
              'set compression.type=uncompressed on it and move the group past them',
          ),
        )
      }
      const away = Date.now() - this.#memberSince
      if (away > outageTimeoutMs) {
        return onFatal(
          new UserError(
            `group ${groupId} is out of reach since ${Math.round(away / 1_000)} s ` +
              `(${describeError(error)}): start Kafka at ${brokers.join(', ')}, then this again`,
          ),
        )
      }
      onTrouble(`out of the group: ${describeError(error)}; joining again`)
      await pause(REBUILD_PAUSE_MS, signal)
    }
  }

  /** One life of a client, from connecting to its crash; returns what ended it. */
  async #runOnce(handle: (delivery: Delivery) => Promise<void>): Promise<unknown> {
    const { topic, workers, signal } = this.#options
    const consumer = this.#build()
    this.#consumer = consumer
    const crashed = new Promise<unknown>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error))
      consumer.on(consumer.events.STOP, () => signal.aborted && resolve(null))
      this.#abandon = (why) => {
        const left = consumer.disconnect().catch(() => undefined)
        void waitAtMost(CLOSE_TIMEOUT_MS, left).then(() => resolve(why))
      }
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        ...this.#commitRule(),
        partitionsConsumedConcurrently: workers,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => this.#handle(handle, this.#deliver(consumer, payload)),
      })
      // A stop that came while the client was still joining found nothing to stop.
      if (signal.aborted) await consumer.disconnect()
    } catch (error) {
      await consumer.disconnect().catch(() => undefined)
      return error
    }
    return await crashed
  }

  #commitRule() {
    const { autoCommit, commitIntervalMs } = this.#options
    if (!autoCommit) return { autoCommit }
    if (commitIntervalMs === null) return { autoCommit, autoCommitThreshold: 1 }
    return { autoCommit, autoCommitInterval: commitIntervalMs }
  }

  #build(): Consumer {
    const kafka = createKafka(this.#options)
    const consumer = kafka.consumer({
      groupId: this.#options.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: PARTITION_BYTES_MAX,
      maxBytes: FETCH_BYTES_MAX,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: {
        retries: RETRIES,
        initialRetryTime: RETRY_FIRST_MS,
        maxRetryTime: RETRY_MAX_MS,
        factor: 0.2,
        multiplier: 2,
        restartOnFailure: () => Promise.resolve(false),
      },
    })
    // Idle members get no deliveries, but heartbeats all the same.
    consumer.on(consumer.events.HEARTBEAT, () => this.#confirm())
    consumer.on(consumer.events.REBALANCING, () => this.#drop())
    // Some rejoins come without a REBALANCING event, so this one drops as well.
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#drop()
      const partitions = payload.memberAssignment[this.#options.topic] ?? []
      this.#assign(partitions)
      this.#rewindLost(consumer, partitions).catch(this.#options.onFatal)
    })
    return consumer
  }

  /** A bug of ours ends the process: the client library would only sit idle after it. */
  async #handle(handle: (delivery: Delivery) => Promise<void>, delivery: Delivery) {
    try {
      await handle(delivery)
    } catch (error) {
      if (error instanceof UserError || isBug(error)) this.#options.onFatal(error)
      throw error
    }
  }

  #drop(): void {
    this.#epoch += 1
    this.#assigned.clear()
    this.#delivered.clear()
    this.#progress.clear()
    this.#commits.end(new RejoinRequired('the group has changed'))
    this.#commits = new SharedCommits()
    this.#options.probe.record({ event: 'dropped' })
    this.#options.onDropped()
  }

  #confirm(): void {
    this.#memberSince = Date.now()
    this.#options.onMember()
  }

  #assign(partitions: number[]): void {
    this.#confirm()
    this.#assigned = new Set(partitions)
    this.#options.probe.record({ event: 'joined', partitions })
    this.#options.onAssigned([...partitions].sort((a, b) => a - b))
  }

  /** Whoever takes a delivery notices a loss as well; but there may be none for days. */
  async #rewindLost(consumer: Consumer, partitions: number[]): Promise<void> {
    const epoch = this.#epoch
    const { findLost } = this.#options
    for (const [partition, offset] of await findLost(partitions)) {
      if (epoch !== this.#epoch) return
      if (this.#delivered.has(partition)) continue
      this.#options.probe.record({ event: 'rewound', partition, offset: Number(offset) })
      this.#seek(consumer, partition, offset)
    }
  }

  #seek(consumer: Consumer, partition: number, offset: bigint): void {
    this.#progress.forget(partition)
    consumer.seek({ topic: this.#options.topic, partition, offset: String(offset) })
  }

  #deliver(consumer: Consumer, payload: EachBatchPayload): Delivery {
    const { partition } = payload.batch
    this.#delivered.add(partition)
    const epoch = this.#epoch
    // The library would look for a seek under a text that it makes anew at every question.
    const [reading, isStale] = [this.#progress.readingOf(partition), payload.isStale()]
    const isLost = () =>
      isStale || epoch !== this.#epoch || reading !== this.#progress.readingOf(partition)
    const { probe, workers } = this.#options
    const commits = this.#commits
    return createDelivery(payload, {
      isLost,
      isStopping: () => this.#options.signal.aborted || !payload.isRunning(),
      owns: (partition) => epoch === this.#epoch && this.#assigned.has(partition),
      seek: (offset) => {
        if (!isLost()) this.#seek(consumer, partition, offset)
      },
      done: this.#progress.nextOf(partition),
      resolved: (offset) => {
        if (epoch === this.#epoch) this.#progress.resolve(partition, offset)
      },
      beat: () => {
        this.#memberSince = Date.now()
      },
      isShared: workers > 1,
      commit: (offsets, send) => commits.commit(offsets, send),
      committing: () => probe.pass('before-commit'),
      committed: (offsets) => {
        const isLate = epoch !== this.#epoch
        if (!isLate) this.#progress.commit(offsets)
        if (probe.isOpen) probe.record({ event: 'committed', offsets: asNumbers(offsets), isLate })
        return probe.pass('after-commit')
      },
      uncommitted: (partition) => this.#progress.uncommitted(partition),
    })
  }
}
