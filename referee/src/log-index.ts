import type { LogEvidence, LogRecord, Place } from './evidence.ts'

interface Stretch {
  /** Where the records of a partition begin in the list of all. */
  start: number
  count: number
  low: number
  end: number
}

/** The log, ready to be asked: what is at a place, and where an order is. Records by their index. */
export class LogIndex {
  readonly records: readonly LogRecord[]
  readonly bad: number[] = []
  /** Good records whose order has come before. */
  readonly repeats: number[] = []
  readonly #stretches = new Map<number, Stretch>()
  readonly #firsts = new Map<string, number>()
  readonly #places = new Map<string, number[]>()

  constructor({ records, ranges }: LogEvidence) {
    this.records = records
    for (const [partition, range] of ranges) {
      this.#stretches.set(partition, { start: 0, count: 0, ...range })
    }
    records.forEach((record, index) => this.#add(record, index))
  }

  #add({ partition, order }: LogRecord, index: number): void {
    const stretch = this.#stretches.get(partition) ?? { start: 0, count: 0, low: 0, end: 0 }
    if (stretch.count === 0) this.#stretches.set(partition, { ...stretch, start: index, count: 1 })
    else stretch.count += 1
    if (order === null) this.bad.push(index)
    else this.#addOrder(order.orderId, index)
  }

  #addOrder(orderId: string, index: number): void {
    const first = this.#firsts.get(orderId)
    if (first === undefined) {
      this.#firsts.set(orderId, index)
      return
    }
    this.repeats.push(index)
    const places = this.#places.get(orderId)
    if (places) places.push(index)
    else this.#places.set(orderId, [first, index])
  }

  /** The first record of every order, by order id. */
  get firsts(): ReadonlyMap<string, number> {
    return this.#firsts
  }

  /** The first record of an order. */
  firstOf(orderId: string): LogRecord | undefined {
    const index = this.#firsts.get(orderId)
    return index === undefined ? undefined : this.records[index]
  }

  /** All records of an order; the list of one that came once is not kept. */
  placesOf(orderId: string): readonly number[] {
    const first = this.#firsts.get(orderId)
    return this.#places.get(orderId) ?? (first === undefined ? [] : [first])
  }

  /** The index of the record at a place, or -1. Of a log without holes the first guess is right. */
  indexAt({ partition, offset }: Place): number {
    const stretch = this.#stretches.get(partition)
    if (!stretch || stretch.count === 0) return -1
    const { start, count } = stretch
    const guess = start + offset - (this.records[start]?.offset ?? 0)
    if (guess >= start && guess < start + count && this.records[guess]?.offset === offset) {
      return guess
    }
    return this.#search(offset, start, start + count - 1)
  }

  #search(offset: number, from: number, to: number): number {
    let [low, high] = [from, to]
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.records[middle]?.offset ?? 0
      if (found === offset) return middle
      if (found < offset) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** The partitions of the topic, in order. */
  get partitions(): number[] {
    return [...this.#stretches.keys()].sort((a, b) => a - b)
  }

  /** From where to where a partition still holds records. */
  rangeOf(partition: number): { low: number; end: number } {
    const { low, end } = this.#stretches.get(partition) ?? { low: 0, end: 0 }
    return { low, end }
  }

  /** The broker has deleted this place by age or size. */
  isGone({ partition, offset }: Place): boolean {
    return offset < this.rangeOf(partition).low
  }
}
