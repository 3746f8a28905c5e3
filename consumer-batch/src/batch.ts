/**
 * Messages that are committed together: how many there are, and the next offset of each partition
 * that they came from. A value; every change makes a new one.
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
  refuseToGoBack(batch, partition, next)
  return {
    size: batch.size,
    count: batch.count + count,
    nextOffsets: new Map(batch.nextOffsets).set(partition, next),
  }
}

function refuseToGoBack({ nextOffsets }: Batch, partition: number, next: bigint): void {
  const before = nextOffsets.get(partition)
  if (before !== undefined && next <= before) {
    throw new RangeError(`partition ${partition} goes back from ${before} to ${next}`)
  }
}

/**
 * What a worker has in Redis and has not committed: a full batch whose commit is on its way or has
 * failed, and the one that is collected meanwhile. A value, as well.
 */
export interface Uncommitted {
  readonly due: Batch | null
  readonly open: Batch
}

/** Nothing that waits for a commit. */
export function nothingUncommitted(size: number): Uncommitted {
  return { due: null, open: emptyBatch(size) }
}

/** Adds messages to the batch that is collected; throws as `collect` does, and looks at both. */
export function collectMore(
  { due, open }: Uncommitted,
  partition: number,
  count: number,
  next: bigint,
): Uncommitted {
  if (due !== null) refuseToGoBack(due, partition, next)
  return { due, open: collect(open, partition, count, next) }
}

/**
 * The full batch is the next to be committed, and a new one begins. Throws a `RangeError` while
 * another commit has to come first, or when the batch is not full.
 */
export function fallDue({ due, open }: Uncommitted): Uncommitted {
  if (due !== null) throw new RangeError('a batch is to be committed before this one')
  if (!isFull(open)) throw new RangeError(`${open.count} of ${open.size} are no batch to commit`)
  return { due: open, open: emptyBatch(open.size) }
}

/** What was due is committed. */
export function withoutDue({ open }: Uncommitted): Uncommitted {
  return { due: null, open }
}
