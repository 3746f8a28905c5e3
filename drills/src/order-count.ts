import type { LedgerEntry } from '@orders/platform/ledger-format'
import { Progress } from './progress.ts'

/** What the ledgers of all producers say so far, kept as small as the questions about it allow. */
export class OrderCount {
  readonly acknowledged = new Progress()
  tried = 0
  readonly #outstanding = new Set<string>()
  readonly #partitions = new Map<number, PartitionCount>()

  /** The partitions that have acknowledged something. */
  get partitions(): number[] {
    return [...this.#partitions.keys()].sort((a, b) => a - b)
  }

  /** How many orders are tried and not acknowledged. */
  get inFlight(): number {
    return this.#outstanding.size
  }

  /** Takes new lines of a ledger. */
  take(entries: readonly LedgerEntry[], atMs: number): void {
    const before = this.acknowledged.total
    let count = before
    for (const entry of entries) {
      if (entry.kind === 'tried') this.#takeTried(entry.order.orderId)
      if (entry.kind !== 'acknowledged') continue
      count += 1
      this.#outstanding.delete(entry.orderId)
      this.#takePlace(entry.partition, Number(entry.offset), atMs)
    }
    this.acknowledged.reach(count, atMs)
  }

  /** When a partition acknowledged what. */
  progressOf(partition: number): Progress {
    return this.#partitions.get(partition)?.progress ?? new Progress()
  }

  /** The orders that are tried and not acknowledged, by id. */
  outstanding(): string[] {
    return [...this.#outstanding]
  }

  /** Which of these orders are still not acknowledged. */
  stillOutstanding(orderIds: readonly string[]): string[] {
    return orderIds.filter((orderId) => this.#outstanding.has(orderId))
  }

  /** Per partition the offset after the highest that was acknowledged. */
  ends(): Map<number, number> {
    return new Map([...this.#partitions].map(([partition, { end }]) => [partition, end]))
  }

  #takeTried(orderId: string): void {
    this.tried += 1
    this.#outstanding.add(orderId)
  }

  #takePlace(partition: number, offset: number, atMs: number): void {
    const known = this.#partitions.get(partition) ?? { end: 0, progress: new Progress() }
    known.end = Math.max(known.end, offset + 1)
    known.progress.reach(known.progress.total + 1, atMs)
    this.#partitions.set(partition, known)
  }
}

interface PartitionCount {
  end: number
  progress: Progress
}
