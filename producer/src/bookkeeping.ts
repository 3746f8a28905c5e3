import { LineLimiter, type Logger } from '@orders/platform/logger'
import type { Ledger } from '@orders/platform/ledger'
import type { OutcomeEntry } from '@orders/platform/ledger-format'
import { describeError } from '@orders/platform/user-error'
import type { Order } from '@orders/schemas/order'
import type { Account } from './account.ts'
import type { LaneReport } from './lane.ts'
import type { Parcel } from './parcel.ts'

/** Writes every outcome into the ledger, keeps the account of the run, and tells people. */
export class Bookkeeping implements LaneReport {
  readonly #ledger: Ledger
  readonly #log: Logger
  readonly #lines: LineLimiter
  readonly #partitions = new Map<number, number>()
  readonly #failed = new Map<string, 'refused' | 'unknown'>()
  #written: Promise<void> | null = null
  #tried = 0
  #acknowledged = 0
  #rejected = 0

  constructor(ledger: Ledger, log: Logger) {
    this.#ledger = ledger
    this.#log = log
    this.#lines = new LineLimiter((count) => log.info(`… and ${count} lines more in a second`))
  }

  /** The account as it stands. */
  get account(): Account {
    const failed = [...this.#failed.values()]
    return {
      tried: this.#tried,
      acknowledged: this.#acknowledged,
      refused: failed.filter((outcome) => outcome === 'refused').length,
      unknown: failed.filter((outcome) => outcome === 'unknown').length,
      rejected: this.#rejected,
      partitions: this.#partitions,
    }
  }

  /** An order is on its way. */
  placed(order: Order): void {
    this.#tried += 1
    // At full speed most lines are left out, and not even made.
    if (!this.#lines.admit(Date.now())) return
    this.#log.info(
      `placed ${order.orderId} by ${order.customerName}: ${order.items.length} lines, ` +
        `${(order.totalCents / 100).toFixed(2)} ${order.currency}`,
    )
  }

  /** Something that was to be an order is none. */
  rejected(reason: string): void {
    this.#rejected += 1
    this.#log.error(reason)
  }

  acknowledged({ orderIds }: Parcel, partition: number, firstOffset: bigint): void {
    const count = orderIds.length
    this.#acknowledged += count
    this.#partitions.set(partition, (this.#partitions.get(partition) ?? 0) + count)
    if (this.#failed.size > 0) for (const orderId of orderIds) this.#failed.delete(orderId)
    this.#watch(this.#ledger.recordAcknowledged(partition, firstOffset, orderIds))
    const told = this.#lines.admitSome(count, Date.now())
    for (const [place, orderId] of orderIds.slice(0, told).entries()) {
      const offset = firstOffset + BigInt(place)
      this.#log.info(`acknowledged ${orderId} at partition ${partition} offset ${offset}`)
    }
  }

  refused({ orderIds }: Parcel, reason: string): void {
    for (const orderId of orderIds) {
      this.#failed.set(orderId, 'refused')
      this.#record({ kind: 'refused', orderId, reason })
      this.#log.error(`refused ${orderId}: ${reason}; it is kept in the ledger`)
    }
  }

  held({ orderIds }: Parcel, outcome: 'refused' | 'unknown', reason: string): void {
    for (const orderId of orderIds) {
      this.#failed.set(orderId, outcome)
      // Refused so far, but it is sent again: this process may die before it knows what came of it.
      this.#record({ kind: 'unknown', orderId, reason })
      this.#sayFailed(
        `could not send ${orderId} (${outcome}): kept, and sent first when Kafka answers`,
      )
    }
  }

  unwritten({ orderIds }: Parcel): void {
    for (const orderId of orderIds) {
      this.#tried -= 1
      this.#rejected += 1
      this.#log.error(`did not send ${orderId}: the ledger could not be written`)
    }
  }

  failedTry(partition: number, tries: number, reason: string): void {
    this.#log.warn(`send to partition ${partition} failed (try ${tries}): ${reason}`)
  }

  #record(entry: OutcomeEntry): void {
    this.#watch(this.#ledger.recordOutcome(entry))
  }

  #watch(written: Promise<void>): void {
    // All entries of one write have the same promise: one refusal, told once.
    if (written === this.#written) return
    this.#written = written
    written.catch((error: unknown) => {
      this.#sayFailed(`the ledger could not take an outcome: ${describeError(error)}`)
    })
  }

  #sayFailed(message: string): void {
    if (this.#lines.admit(Date.now())) this.#log.error(message)
  }
}
