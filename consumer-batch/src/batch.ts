/**
 * What was taken in since the last commit: how many messages, and the next offset of each
 * partition that they came from. A value; every change makes a new one.
 */
export interface Batch {
  readonly size: number
  readonly count: number
  readonly nextOffsets: ReadonlyMap<number, bigint>
}

/** A batch of nothing, to be committed when it holds `size` messages. */
export function emptyBatch(size: number): Batch {
  return { size, count: 0, nextOffsets: new Map() }
}

/** How many messages may still join. */
export function roomIn({ size, count }: Batch): number {
  return size - count
}

/** Says whether this is the moment to commit. */
export function isFull({ size, count }: Batch): boolean {
  return count === size
}

/**
 * Adds messages of one partition that follow each other and end before `next`. Throws a
 * `RangeError` when they are more than there is room for, or lie before what is collected: both
 * would commit another number, or go back.
 */
export function collect(batch: Batch, partition: number, count: number, next: bigint): Batch {
  if (count < 1 || count > roomIn(batch)) {
    throw new RangeError(`${count} messages do not fit into ${batch.count} of ${batch.size}`)
  }
  const before = batch.nextOffsets.get(partition)
  if (before !== undefined && next <= before) {
    throw new RangeError(`partition ${partition} goes back from ${before} to ${next}`)
  }
  return {
    size: batch.size,
    count: batch.count + count,
    nextOffsets: new Map(batch.nextOffsets).set(partition, next),
  }
}
