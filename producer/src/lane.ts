import {
  SendFailed,
  type OutgoingRecord,
  type PartitionSender,
} from '@orders/platform/kafka/sender'
import type { PassPoint } from '@orders/platform/fault-point'
import { pause } from '@orders/platform/patience'
import type { Order } from '@orders/schemas/order'

/** An order on its way: waiting for the ledger, then for its turn. */
export interface Parcel {
  order: Order
  record: OutgoingRecord
  /** `writing` until the ledger has it on disk; only then it may be sent. */
  state: 'writing' | 'written' | 'unwritten'
  /** Settles, never rejects, when the state is known. */
  known: Promise<void>
}

/** What a lane tells about its parcels. */
export interface LaneReport {
  acknowledged(order: Order, partition: number, offset: bigint): void
  /** Not on the log, and not tried again in this run. */
  refused(order: Order, reason: string): void
  /** Tried as often as the settings say, without an answer; it stays first in its lane. */
  held(order: Order, outcome: 'refused' | 'unknown', reason: string): void
  /** The disk did not take it, so it was not sent at all. */
  unwritten(order: Order): void
  failedTry(partition: number, tries: number, reason: string): void
}

/** Where a lane leads, and how stubborn it is. */
export interface LaneOptions {
  topic: string
  partition: number
  /** So many more tries after the first before an order counts as failed. */
  sendRetries: number
  signal: AbortSignal
  /** Where a drill may let the process die. */
  passPoint: PassPoint
}

const RECORDS_PER_SEND_MAX = 500
const BYTES_PER_SEND_MAX = 512 * 1024
const RETRY_FIRST_MS = 250
const RETRY_MAX_MS = 5_000

/**
 * The way to one partition: parcels leave it in the order in which they came, and there is never
 * more than one send under way. After a failure the same parcels go first, through a new producer:
 * any other order would be swallowed by the sequence numbers (see `PartitionSender`).
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #sender: PartitionSender
  readonly #report: LaneReport
  #queue: Parcel[] = []
  #pumping = false
  #held = false

  constructor(options: LaneOptions, sender: PartitionSender, report: LaneReport) {
    this.#options = options
    this.#sender = sender
    this.#report = report
  }

  /** Nothing waits here. */
  get isIdle(): boolean {
    return !this.#pumping && this.#queue.length === 0
  }

  /** The first parcels have failed as often as they may; the lane goes on trying, slowly. */
  get isHeld(): boolean {
    return this.#held
  }

  /** Adds a parcel at the end. */
  push(parcel: Parcel): void {
    this.#queue.push(parcel)
    if (!this.#pumping) void this.#pump()
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    while (this.#queue.length > 0 && !this.#options.signal.aborted) {
      await this.#queue[0]?.known
      const batch = this.#takeWritten()
      if (batch.length > 0) await this.#deliver(batch)
    }
    this.#pumping = false
  }

  /** Takes the parcels at the front that are in the ledger, as many as one send may carry. */
  #takeWritten(): Parcel[] {
    let bytes = 0
    let count = 0
    for (const { state, record } of this.#queue) {
      bytes += record.value?.length ?? 0
      if (state === 'writing' || count === RECORDS_PER_SEND_MAX) break
      if (bytes > BYTES_PER_SEND_MAX && count > 0) break
      count += 1
    }
    const taken = this.#queue.splice(0, count)
    for (const { state, order } of taken) if (state === 'unwritten') this.#report.unwritten(order)
    return taken.filter(({ state }) => state === 'written')
  }

  async #deliver(batch: Parcel[]): Promise<void> {
    const { signal, sendRetries } = this.#options
    for (let tries = 1; !signal.aborted; tries += 1) {
      const failure = await this.#try(batch)
      if (failure === null) return this.#goOn()
      if (failure.byBroker) return this.#isolate(batch, failure)
      this.#report.failedTry(this.#options.partition, tries, failure.message)
      if (tries === sendRetries + 1) this.#hold(batch, failure)
      await pause(Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_MAX_MS), signal)
    }
  }

  async #try(batch: Parcel[]): Promise<SendFailed | null> {
    const { topic, partition, passPoint } = this.#options
    try {
      await passPoint('before-send')
      const records = batch.map(({ record }) => record)
      const first = await this.#sender.send(topic, partition, records)
      await passPoint('after-send')
      batch.forEach(({ order }, i) =>
        this.#report.acknowledged(order, partition, first + BigInt(i)),
      )
      return null
    } catch (error) {
      if (error instanceof SendFailed) return error
      throw error
    }
  }

  /** One record that the broker will not have must not stop the others that travelled with it. */
  async #isolate(batch: Parcel[], failure: SendFailed): Promise<void> {
    const [only] = batch
    if (only && batch.length === 1) return this.#report.refused(only.order, failure.message)
    for (const parcel of batch) await this.#deliver([parcel])
  }

  #hold(batch: Parcel[], { outcome, message }: SendFailed): void {
    this.#held = true
    for (const { order } of batch) this.#report.held(order, outcome, message)
  }

  #goOn(): void {
    this.#held = false
  }
}
