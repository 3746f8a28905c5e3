import type { ByteBuffer } from '@orders/platform/byte-buffer'
import { SendFailed, type PartitionSender } from '@orders/platform/kafka/sender'
import type { PassPoint } from '@orders/platform/fault-point'
import { pause } from '@orders/platform/patience'
import { Parcel, type Ticket } from './parcel.ts'

/** What a lane tells about its parcels. */
export interface LaneReport {
  /** The orders of one send, which have offsets one after the other. */
  acknowledged(parcel: Parcel, partition: number, firstOffset: bigint): void
  /** A single order that is not on the log, and not tried again in this run. */
  refused(parcel: Parcel, reason: string): void
  /** Tried as often as the settings say, without an answer; it stays first in its lane. */
  held(parcel: Parcel, outcome: 'refused' | 'unknown', reason: string): void
  /** A single order that the disk did not take, so it was not sent at all. */
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

/** Where orders come faster than answers, a send waits so long for a full parcel. */
const LINGER_MS = 30
/** So many that came during one send are a sign of that. */
const FLOOD_RECORDS = 20
const RETRY_FIRST_MS = 250
const RETRY_MAX_MS = 5_000

/**
 * The way to one partition: orders leave it in the sequence in which they came, and there is never
 * more than one send under way. After a failure the same parcel goes first, through a new producer:
 * any other order would be swallowed by the sequence numbers (see `PartitionSender`).
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #sender: PartitionSender
  readonly #report: LaneReport
  /** The last one may still be joined by what comes. */
  readonly #queue: Parcel[] = []
  /** Memory of a parcel that has arrived, for the next one. */
  #spare: ByteBuffer | undefined
  #pumping = false
  #held = false
  /** Ends the wait for more orders. */
  #endLinger: () => void = () => undefined

  constructor(options: LaneOptions, sender: PartitionSender, report: LaneReport) {
    this.#options = options
    this.#sender = sender
    this.#report = report
  }

  /** Nothing waits here. */
  get isIdle(): boolean {
    return !this.#pumping && this.#queue.length === 0
  }

  /** The first parcel has failed as often as it may; the lane goes on trying, slowly. */
  get isHeld(): boolean {
    return this.#held
  }

  /** Adds an order at the end. */
  push(orderId: string, key: Buffer, value: Buffer, ticket: Ticket): void {
    let parcel = this.#queue.at(-1)
    if (!parcel?.hasRoomFor(key.length + value.length)) {
      parcel = new Parcel(this.#spare)
      this.#spare = undefined
      this.#queue.push(parcel)
      if (this.#queue.length > 1) this.#endLinger()
    }
    parcel.add(orderId, key, value, ticket)
    if (!this.#pumping) void this.#pump()
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    let isFlood = false
    // One turn of patience: what comes in the same turn travels together, as in the ledger.
    await Promise.resolve()
    while (this.#queue.length > 0 && !this.#options.signal.aborted) {
      if (isFlood) await this.#linger()
      const parcel = await this.#takeWritten()
      if (parcel.count > 0) await this.#deliver(parcel)
      isFlood = this.#queue.length > 1 || (this.#queue[0]?.count ?? 0) >= FLOOD_RECORDS
    }
    this.#pumping = false
  }

  /** Small sends cost as much as large ones; an order that comes alone never waits here. */
  async #linger(): Promise<void> {
    if (this.#queue.length > 1) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS)
      this.#endLinger = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Takes the first parcel, which nothing can join any more, without what the disk refused. */
  async #takeWritten(): Promise<Parcel> {
    const parcel = this.#queue.shift() ?? new Parcel()
    await parcel.known()
    if (parcel.isWritten) return parcel
    const written = new Parcel()
    for (const single of parcel.split()) {
      if (single.isWritten) written.join(single)
      else this.#report.unwritten(single)
    }
    return written
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const { signal, sendRetries } = this.#options
    for (let tries = 1; !signal.aborted; tries += 1) {
      const failure = await this.#try(parcel)
      if (failure === null) return this.#goOn(parcel, tries)
      if (failure.byBroker) return this.#isolate(parcel, failure)
      this.#report.failedTry(this.#options.partition, tries, failure.message)
      if (tries === sendRetries + 1) this.#hold(parcel, failure)
      await pause(Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_MAX_MS), signal)
    }
  }

  async #try(parcel: Parcel): Promise<SendFailed | null> {
    const { topic, partition, passPoint } = this.#options
    try {
      await passPoint('before-send')
      const first = await this.#sender.sendPacked(topic, partition, parcel.records)
      await passPoint('after-send')
      this.#report.acknowledged(parcel, partition, first)
      return null
    } catch (error) {
      if (error instanceof SendFailed) return error
      throw error
    }
  }

  /** One record that the broker will not have must not stop the others that travelled with it. */
  async #isolate(parcel: Parcel, failure: SendFailed): Promise<void> {
    if (parcel.count === 1) return this.#report.refused(parcel, failure.message)
    for (const single of parcel.split()) await this.#deliver(single)
  }

  #hold(parcel: Parcel, { outcome, message }: SendFailed): void {
    this.#held = true
    this.#report.held(parcel, outcome, message)
  }

  /** A producer that failed may still hold the bytes of a try that was not the last. */
  #goOn({ records }: Parcel, tries: number): void {
    this.#held = false
    if (tries === 1) this.#spare ??= records.memory
  }
}
