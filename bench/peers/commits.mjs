/** How many orders each partition holds: the bench fills them evenly. */
export function endsOf(count, partitions) {
  return Array.from({ length: partitions }, (_, id) => Math.ceil((count - id) / partitions))
}

/** The commits that a task makes, each as next offsets: what is not full at the end is left. */
export function* commitsOf({ size, isPerPartition }, ends) {
  if (isPerPartition) yield* sharedCommits(size, ends)
  else yield* singleCommits(size, ends)
}

/** A worker a partition, and all of them always share a request: fewer are not possible. */
function* sharedCommits(size, ends) {
  for (let next = size; ; next += size) {
    const full = [...ends.entries()].filter(([, end]) => next <= end)
    if (full.length === 0) return
    yield new Map(full.map(([partition]) => [partition, next]))
  }
}

/** One worker that takes one partition after the other. */
function* singleCommits(size, ends) {
  let [count, offsets] = [0, new Map()]
  for (const [partition, end] of ends.entries()) {
    for (let next = 1; next <= end; next += 1) {
      offsets.set(partition, next)
      count += 1
      if (count < size) continue
      yield offsets
      ;[count, offsets] = [0, new Map()]
    }
  }
}
