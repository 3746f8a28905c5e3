import type { PassPoint } from '@orders/platform/fault-point'
import { partitionOf } from '@orders/platform/kafka/partition'
import type { PartitionSender } from '@orders/platform/kafka/sender'
import type { Ledger } from '@orders/platform/ledger'
import { encodeForNow } from '@orders/platform/order-encoder'
import type { Order } from '@orders/schemas/order'
import { Lane, type LaneReport } from './lane.ts'
import type { Parcel, Ticket } from './parcel.ts'

/** Where a dispatch sends orders, and how. */
export interface DispatchOptions {
  topic: string
  partitions: number
  schemaId: number
  sendRetries: number
  /** Aborted when nothing more is to be sent. */
  givenUp: AbortSignal
  passPoint: PassPoint
}

const WRITTEN: Ticket = { state: 'written', known: Promise.resolve() }

/**
 * So many orders may be on their way before making more has to wait: enough of each partition for
 * large sends, between two bounds. More only wait longer, and take more memory for it.
 */
const ON_THE_WAY_OF_A_PARTITION = 800
const ON_THE_WAY_MIN = 16_000
const ON_THE_WAY_MAX = 40_000
const BYTES_ON_THE_WAY_MAX = 16 * 1024 * 1024

/** So many customers are remembered; more begin the memory anew. */
const WAYS_MAX = 10_000

interface Way {
  key: Buffer
  partition: number
}

/**
 * Brings orders through the ledger into the lane of their partition. Adding never waits for a
 * broker; only when 16 000 are on their way (with many partitions up to 40 000), or 16 MiB, `room`
 * waits until some have arrived.
 */
export class Dispatch {
  readonly #options: DispatchOptions
  readonly #ledger: Ledger
  readonly #lanes: Lane[]
  readonly #ways = new Map<string, Way>()
  readonly #onTheWayMax: number
  #onTheWay = 0
  #bytesOnTheWay = 0
  #written: Promise<void> | null = null
  #ticket: Ticket = WRITTEN
  #changed: (() => void)[] = []

  constructor(
    options: DispatchOptions,
    sender: PartitionSender,
    ledger: Ledger,
    report: LaneReport,
  ) {
    this.#options = options
    this.#ledger = ledger
    this.#onTheWayMax = onTheWayMax(options.partitions)
    const watched = this.#watch(report)
    options.givenUp.addEventListener('abort', () => this.#wake(), { once: true })
    const { topic, sendRetries, givenUp, passPoint } = options
    this.#lanes = Array.from(
      { length: options.partitions },
      (_, partition) =>
        new Lane({ topic, partition, sendRetries, signal: givenUp, passPoint }, sender, watched),
    )
  }

  /** Takes an order that is not in the ledger yet; it is sent once it is. */
  add(order: Order, runId: string, index: number): void {
    this.#push(order, this.#ticketOf(this.#ledger.recordTried(order, runId, index)))
  }

  /** Takes an order of an earlier run, which the ledger holds already. */
  addAgain(order: Order): void {
    this.#push(order, WRITTEN)
  }

  /** Whether one more order may be added at once. */
  get hasRoom(): boolean {
    return this.#onTheWay < this.#onTheWayMax && this.#bytesOnTheWay < BYTES_ON_THE_WAY_MAX
  }

  /** Resolves when one more order may be added; false when it is of no use to wait. */
  async room(): Promise<boolean> {
    while (!this.hasRoom) {
      if (this.#options.givenUp.aborted || this.#isStuck()) return false
      await this.#change()
    }
    return true
  }

  /** Resolves when every lane is empty or held, or the dispatch is given up. */
  async drain(): Promise<void> {
    while (!this.#isStuck() && !this.#options.givenUp.aborted) await this.#change()
  }

  /** Every lane has nothing to do, or has tried what it has as often as it may. */
  #isStuck(): boolean {
    return this.#lanes.every((lane) => lane.isIdle || lane.isHeld)
  }

  /** The ledger gives all entries of one write the same promise, hence the same ticket. */
  #ticketOf(written: Promise<void>): Ticket {
    if (written === this.#written) return this.#ticket
    const ticket: Ticket = { state: 'writing', known: Promise.resolve() }
    ticket.known = written.then(
      () => void (ticket.state = 'written'),
      () => void (ticket.state = 'unwritten'),
    )
    this.#written = written
    this.#ticket = ticket
    return ticket
  }

  #push(order: Order, ticket: Ticket): void {
    const { orderId, customerId } = order
    const { key, partition } = this.#wayOf(customerId)
    const value = encodeForNow(this.#options.schemaId, order)
    this.#onTheWay += 1
    this.#bytesOnTheWay += value.length
    this.#lanes[partition]?.push(orderId, key, value, ticket)
  }

  /** Customers come back: their key and its partition are made once. */
  #wayOf(customerId: string): Way {
    const known = this.#ways.get(customerId)
    if (known !== undefined) return known
    if (this.#ways.size >= WAYS_MAX) this.#ways.clear()
    const key = Buffer.from(customerId)
    const way = { key, partition: partitionOf(key, this.#lanes.length) }
    this.#ways.set(customerId, way)
    return way
  }

  /** Counts what arrives, and wakes whoever waits for it. */
  #watch(report: LaneReport): LaneReport {
    const arrived = ({ count, bytes }: Parcel): void => {
      this.#onTheWay -= count
      this.#bytesOnTheWay -= bytes
      this.#wake()
    }
    return {
      acknowledged: (parcel, ...args) => {
        report.acknowledged(parcel, ...args)
        arrived(parcel)
      },
      refused: (parcel, reason) => {
        report.refused(parcel, reason)
        arrived(parcel)
      },
      unwritten: (parcel) => {
        report.unwritten(parcel)
        arrived(parcel)
      },
      held: (...args) => {
        report.held(...args)
        this.#wake()
      },
      failedTry: (...args) => report.failedTry(...args),
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed.push(resolve)
    })
  }

  /** Later than the report, when the lane that made it has gone on and knows its own state. */
  #wake(): void {
    const waiting = this.#changed
    if (waiting.length === 0) return
    this.#changed = []
    setImmediate(() => waiting.forEach((resolve) => resolve()))
  }
}

function onTheWayMax(partitions: number): number {
  const wanted = ON_THE_WAY_OF_A_PARTITION * partitions
  return Math.min(Math.max(wanted, ON_THE_WAY_MIN), ON_THE_WAY_MAX)
}
