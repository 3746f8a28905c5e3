import {
  SendFailed,
  type OutgoingRecord,
  type PartitionSender,
} from '@orders/platform/kafka/sender'
import type { PassPoint } from '@orders/platform/fault-point'
import { pause } from '@orders/platform/patience'

/** Whether the ledger has something on disk; orders that are written together share one. */
export interface Ticket {
  /** `writing` until it is on disk; only then what it stands for may be sent. */
  state: 'writing' | 'written' | 'unwritten'
  /** Settles, never rejects, when the state is known. */
  known: Promise<void>
}

/**
 * An order on its way: waiting for the ledger, then for its turn. Ten thousands may be waiting, so
 * it holds what is sent and no more.
 */
export interface Parcel extends OutgoingRecord {
  orderId: string
  ticket: Ticket
}

/** What a lane tells about its parcels. */
export interface LaneReport {
  /** The parcels of one send, which have offsets one after the other. */
  acknowledged(parcels: readonly Parcel[], partition: number, firstOffset: bigint): void
  /** Not on the log, and not tried again in this run. */
  refused(parcel: Parcel, reason: string): void
  /** Tried as often as the settings say, without an answer; it stays first in its lane. */
  held(parcel: Parcel, outcome: 'refused' | 'unknown', reason: string): void
  /** The disk did not take it, so it was not sent at all. */
  unwritten(parcel: Parcel): void
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

/** Larger sends cost less an order up to about here; a batch of the broker may hold 1 MiB. */
const RECORDS_PER_SEND_MAX = 2_000
const BYTES_PER_SEND_MAX = 800 * 1024
/** Where orders come faster than answers, a send waits so long for more of them. */
const LINGER_MS = 10
const LINGER_RECORDS = 1_000
/** So many that came during one send are a sign of that. */
const FLOOD_RECORDS = 20
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
    let isFlood = false
    while (this.#queue.length > 0 && !this.#options.signal.aborted) {
      await this.#queue[0]?.ticket.known
      if (isFlood) await this.#linger()
      const batch = this.#takeWritten()
      if (batch.length > 0) await this.#deliver(batch)
      isFlood = this.#queue.length >= FLOOD_RECORDS
    }
    this.#pumping = false
  }

  /** Small sends cost as much as large ones; an order that comes alone never waits here. */
  async #linger(): Promise<void> {
    if (this.#queue.length < LINGER_RECORDS) await pause(LINGER_MS, this.#options.signal)
  }

  /** Takes the parcels at the front that are in the ledger, as many as one send may carry. */
  #takeWritten(): Parcel[] {
    let bytes = 0
    let count = 0
    for (const { ticket, value } of this.#queue) {
      bytes += value?.length ?? 0
      if (ticket.state === 'writing' || count === RECORDS_PER_SEND_MAX) break
      if (bytes > BYTES_PER_SEND_MAX && count > 0) break
      count += 1
    }
    const taken = this.#queue.splice(0, count)
    for (const parcel of taken) {
      if (parcel.ticket.state === 'unwritten') this.#report.unwritten(parcel)
    }
    return taken.filter(({ ticket }) => ticket.state === 'written')
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
      const first = await this.#sender.send(topic, partition, batch)
      await passPoint('after-send')
      this.#report.acknowledged(batch, partition, first)
      return null
    } catch (error) {
      if (error instanceof SendFailed) return error
      throw error
    }
  }

  /** One record that the broker will not have must not stop the others that travelled with it. */
  async #isolate(batch: Parcel[], failure: SendFailed): Promise<void> {
    const [only] = batch
    if (only && batch.length === 1) return this.#report.refused(only, failure.message)
    for (const parcel of batch) await this.#deliver([parcel])
  }

  #hold(batch: Parcel[], { outcome, message }: SendFailed): void {
    this.#held = true
    for (const parcel of batch) this.#report.held(parcel, outcome, message)
  }

  #goOn(): void {
    this.#held = false
  }
}
