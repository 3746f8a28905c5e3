/**
 * How far a member has come since the group last changed: of each partition the offset after the
 * last resolved one, and which of these no commit has confirmed yet. The client library keeps the
 * same in texts, and compares those of every partition before each commit.
 */
export class Progress {
  readonly #next = new Map<number, bigint>()
  readonly #uncommitted = new Map<number, bigint>()
  readonly #readings = new Map<number, number>()

  /** The offset after the last resolved one; 0 when nothing was resolved yet. */
  nextOf(partition: number): bigint {
    return this.#next.get(partition) ?? 0n
  }

  /** Which reading of a partition this is: another one after it was set to another place. */
  readingOf(partition: number): number {
    return this.#readings.get(partition) ?? 0
  }

  /** Everything up to this offset is done. */
  resolve(partition: number, offset: bigint): void {
    this.#next.set(partition, offset + 1n)
    this.#uncommitted.set(partition, offset + 1n)
  }

  /** A commit was confirmed; what was resolved while it was out stays to be committed. */
  commit(nextOffsets: ReadonlyMap<number, bigint>): void {
    for (const [partition, next] of nextOffsets) {
      if (this.#uncommitted.get(partition) === next) this.#uncommitted.delete(partition)
    }
  }

  /** What is to be committed: of one partition, or with null of all. */
  uncommitted(partition: number | null): ReadonlyMap<number, bigint> {
    if (partition === null) return new Map(this.#uncommitted)
    const next = this.#uncommitted.get(partition)
    return new Map(next === undefined ? [] : [[partition, next]])
  }

  /** A partition is read from another place. */
  forget(partition: number): void {
    this.#next.delete(partition)
    this.#uncommitted.delete(partition)
    this.#readings.set(partition, this.readingOf(partition) + 1)
  }

  /** The group has changed. */
  clear(): void {
    this.#next.clear()
    this.#uncommitted.clear()
  }
}

/** Offsets as JSON can hold them. */
export function asNumbers(offsets: ReadonlyMap<number, bigint>): Record<string, number> {
  return Object.fromEntries([...offsets].map(([partition, offset]) => [partition, Number(offset)]))
}
