import type { Logger } from './logger.ts'
import type { BadMessage, DeadLetters } from './dead-letters.ts'
import { RejoinRequired, type Delivery, type IncomingMessage } from './kafka/delivery.ts'
import type { OrderDecoder, Verdict } from './order-decoder.ts'
import type { OrderStore, PlacedOrder, Reading, WriteOutcome } from './order-store.ts'
import { untilBack } from './patience.ts'
import type { Probe } from './probe.ts'
import { RegistryAway } from './schema-registry.ts'

/** The parts that an intake joins, and how patient it is with each. */
export interface IntakeOptions {
  decoder: OrderDecoder
  store: OrderStore
  deadLetters: DeadLetters
  probe: Probe
  log: Logger
  signal: AbortSignal
  outageTimeoutMs: number
  registryUrl: string
  redisUrl: string
  /** The first offset that the log still holds of a partition. */
  fetchLogStart: (partition: number) => Promise<bigint>
}

/** What is now in Redis of the messages that were taken in. */
export interface Taken {
  orders: (PlacedOrder & { deliveries: number })[]
  bad: BadMessage[]
}

/**
 * Takes messages from the log to Redis: judges each, puts bad ones on the dead-letter topic, then
 * writes all the orders and the next offset at once. It waits for whatever is away, keeps the
 * membership meanwhile, and commits nothing.
 */
export class OrderIntake {
  readonly #options: IntakeOptions
  /** Where the next reading of a partition begins; unknown after a change of the group. */
  readonly #expected = new Map<number, bigint>()
  /** What was judged before its turn came. */
  readonly #judged = new WeakMap<IncomingMessage, Verdict>()

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Forgets how far the reading was: after a change of the group it begins anew. */
  reset(): void {
    this.#expected.clear()
  }

  /**
   * Takes in messages that follow each other in one partition. Redis may have lost what came
   * before them; then nothing is written. At the first reading of a partition it is read again
   * from where Redis knows it, and the result is null. Later, `RejoinRequired` is thrown, so that
   * all that is not committed comes again. Throws as well: `Stopped`, a `UserError` when something
   * stays away, the error of a heartbeat; all of them must go up.
   */
  async take(delivery: Delivery, messages: IncomingMessage[]): Promise<Taken | null> {
    const { partition } = delivery
    const { probe } = this.#options
    if (probe.isOpen) probe.record({ event: 'taken', partition, offsets: offsetsOf(messages) })
    const { placed, bad } = await this.#judge(delivery, messages)
    for (const one of bad) await this.#bury(delivery, one)
    const reading: Reading = {
      partition,
      from: this.#expected.get(partition) ?? messages[0]?.offset ?? 0n,
      next: (messages.at(-1)?.offset ?? -1n) + 1n,
      orders: placed,
      deadLettered: bad.length,
    }
    await probe.pass('before-write')
    const deliveries = await this.#writeOrRewind(delivery, reading)
    if (deliveries === null) return null
    if (probe.isOpen) probe.record({ event: 'stored', partition, offsets: offsetsOf(messages) })
    await probe.pass('after-write')
    this.#expected.set(partition, reading.next)
    const orders = placed.map(({ offset, order }, i) => {
      return { offset, order, deliveries: deliveries[i] ?? 1 }
    })
    return { orders, bad }
  }

  /**
   * Judges messages whose turn comes next, while something else is waited for. Nothing happens but
   * that: what they say is written when they are taken.
   */
  lookAhead(messages: readonly IncomingMessage[]): void {
    for (const message of messages) {
      const verdict = this.#options.decoder.judgeKnown(message)
      if (verdict !== null) this.#judged.set(message, verdict)
    }
  }

  async #judge(delivery: Delivery, messages: IncomingMessage[]) {
    const placed: PlacedOrder[] = []
    const bad: BadMessage[] = []
    for (const message of messages) {
      const known = this.#judged.get(message) ?? this.#options.decoder.judgeKnown(message)
      const verdict = known ?? (await this.#judgeUnknown(delivery, message))
      if (verdict.kind === 'order') placed.push({ offset: message.offset, order: verdict.order })
      else bad.push({ partition: delivery.partition, message, ...verdict })
    }
    return { placed, bad }
  }

  #judgeUnknown(delivery: Delivery, message: IncomingMessage): Promise<Verdict> {
    return this.#wait(
      delivery,
      `the schema registry at ${this.#options.registryUrl}`,
      () => this.#options.decoder.judge(message),
      (error) => error instanceof RegistryAway,
    )
  }

  /** The dead letter is on its topic before the offset of the message is passed. */
  async #bury(delivery: Delivery, bad: BadMessage): Promise<void> {
    const { deadLetters, log, probe } = this.#options
    await this.#wait(delivery, 'the dead-letter topic, or Redis,', async () => {
      if (!(await deadLetters.put(bad, new Date()))) {
        throw new Error('another member is sending this dead letter')
      }
    })
    const { partition, message, reason, detail } = bad
    probe.record({ event: 'dead-lettered', partition, offset: Number(message.offset) })
    await probe.pass('after-dead-letter')
    log.warn(
      { partition, offset: String(message.offset), reason, detail },
      `dead-lettered partition ${partition} offset ${message.offset}: ${reason}, ${detail}`,
    )
  }

  async #writeOrRewind(delivery: Delivery, reading: Reading): Promise<number[] | null> {
    const outcome = await this.#write(delivery, reading)
    if (outcome.kind === 'written') return outcome.deliveries
    const { partition, from } = reading
    if (this.#expected.has(partition)) {
      throw new RejoinRequired(`Redis has lost orders of partition ${partition} before ${from}`)
    }
    const start = await this.#wait(delivery, 'Kafka', () => this.#options.fetchLogStart(partition))
    const known = outcome.known ?? 0n
    this.#expected.set(partition, known)
    this.#tellRewind(partition, outcome.known, from, start)
    // Nothing between what Redis knows and this reading is on the log any more: it may go on.
    if (from <= start) {
      const retried = await this.#write(delivery, { ...reading, from: known })
      return retried.kind === 'written' ? retried.deliveries : null
    }
    const offset = known > start ? known : start
    this.#options.probe.record({ event: 'rewound', partition, offset: Number(offset) })
    delivery.seek(offset)
    return null
  }

  async #write(delivery: Delivery, reading: Reading): Promise<WriteOutcome> {
    const write = this.#options.store.prepare(reading, Date.now())
    try {
      return await write()
    } catch (error) {
      if (!isNoBug(error)) throw error
      // Only now: all that it takes to wait costs too much to be made for every order.
      return this.#wait(delivery, `Redis at ${this.#options.redisUrl}`, write)
    }
  }

  #tellRewind(partition: number, known: bigint | null, from: bigint, start: bigint): void {
    const { log } = this.#options
    const upTo = known === null ? 'knows nothing of' : `knows up to offset ${known} of`
    if (from > start) {
      log.warn(
        `Redis ${upTo} partition ${partition}, but the group is at ${from}: reading it again`,
      )
    }
    if (known !== null && known < start) {
      log.error(
        `offsets ${known} to ${start - 1n} of partition ${partition} are no longer on the log`,
      )
    }
  }

  #wait<T>(
    delivery: Delivery,
    what: string,
    attempt: () => Promise<T>,
    isAway: (error: unknown) => boolean = isNoBug,
  ): Promise<T> {
    const { signal, outageTimeoutMs, log } = this.#options
    return untilBack(
      {
        what,
        advice: 'start it again, then this service; nothing was lost',
        limitMs: outageTimeoutMs,
        signal,
        isAway,
        onWait: (message) => log.warn(`${message}; nothing is committed meanwhile`),
        onBack: (message) => log.info(message),
        beat: () => delivery.heartbeat(),
      },
      attempt,
    )
  }
}

function offsetsOf(messages: IncomingMessage[]): number[] {
  return messages.map(({ offset }) => Number(offset))
}

/** Redis and Kafka fail in many ways; all but our own mistakes mean «later». */
function isNoBug(error: unknown): boolean {
  return !(error instanceof TypeError || error instanceof RangeError)
}
