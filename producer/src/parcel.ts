import type { ByteBuffer } from '@orders/platform/byte-buffer'
import { PackedRecords } from '@orders/platform/kafka/packed-records'

/** Whether the ledger has something on disk; orders that are written together share one. */
export interface Ticket {
  /** `writing` until it is on disk; only then what it stands for may be sent. */
  state: 'writing' | 'written' | 'unwritten'
  /** Settles, never rejects, when the state is known. */
  known: Promise<void>
}

/** Larger sends cost less an order up to about here. */
const RECORDS_MAX = 2_000
/** The batch of a send; a broker takes up to 1 MiB by default. */
const BYTES_MAX = 800 * 1024

/**
 * Orders on their way to one partition that travel in one send: their records in the bytes that are
 * sent, their ids, and where each stands in the ledger. Ten thousands may be waiting, so nothing
 * else is kept of them.
 */
export class Parcel {
  readonly records: PackedRecords
  readonly orderIds: string[] = []
  /** How many bytes the values of its orders have. */
  bytes = 0
  /** The ticket of each order, but only where it is another than that of the order before. */
  readonly #tickets: { from: number; ticket: Ticket }[] = []

  /** `memory` is that of a parcel that has arrived. */
  constructor(memory?: ByteBuffer) {
    this.records = new PackedRecords(memory)
  }

  /** How many orders it holds. */
  get count(): number {
    return this.orderIds.length
  }

  /** Whether an order of so many bytes may join; the first always may. */
  hasRoomFor(bytes: number): boolean {
    if (this.count === 0) return true
    return this.count < RECORDS_MAX && this.records.byteLength + bytes <= BYTES_MAX
  }

  /** Adds an order at the end. */
  add(orderId: string, key: Buffer, value: Buffer, ticket: Ticket): void {
    if (this.#tickets.at(-1)?.ticket !== ticket) this.#tickets.push({ from: this.count, ticket })
    this.orderIds.push(orderId)
    this.records.add(key, value)
    this.bytes += value.length
  }

  /** Resolves when it is known of every order whether the ledger has it. */
  async known(): Promise<void> {
    for (const { ticket } of this.#tickets) {
      if (ticket.state === 'writing') await ticket.known
    }
  }

  /** Whether the ledger has every order. */
  get isWritten(): boolean {
    return this.#tickets.every(({ ticket }) => ticket.state === 'written')
  }

  /** A parcel for each order, in their sequence. */
  split(): Parcel[] {
    return this.records.unpack().map(({ key, value }, at) => {
      const parcel = new Parcel()
      parcel.add(this.orderIds[at] ?? '', key, value, this.#ticketOf(at))
      return parcel
    })
  }

  /** Adds all orders of another parcel. */
  join(other: Parcel): void {
    for (const [at, { key, value }] of other.records.unpack().entries()) {
      this.add(other.orderIds[at] ?? '', key, value, other.#ticketOf(at))
    }
  }

  #ticketOf(at: number): Ticket {
    const found = this.#tickets.findLast(({ from }) => from <= at)
    if (found === undefined) throw new RangeError(`no order ${at} in a parcel of ${this.count}`)
    return found.ticket
  }
}
