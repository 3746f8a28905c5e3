import type { ConsumeMode } from './rows.ts'

/** What the brokers must have written down when a row has kept what it promises. */
export interface CommitRule {
  /** So many of the orders may be left without a commit at the end. */
  uncommittedMax: number
  /** So many commits of a partition there are at least. */
  commitsMin: number
}

/** What the brokers themselves say after a run. */
export interface CommitFacts {
  committed: number
  /** New records on `__consumer_offsets`: one a partition and commit, a few for the group itself. */
  commits: number
}

const BATCH_SIZE = 10

/** How often a mode has to commit. */
export function commitRuleOf(
  mode: ConsumeMode,
  orders: number,
  { partitions, members }: { partitions: number; members: number },
): CommitRule {
  const left = BATCH_SIZE - 1
  const tens = Math.floor(orders / BATCH_SIZE)
  switch (mode) {
    case 'batch-one':
      // Every member may end with an incomplete ten.
      return {
        uncommittedMax: left * members,
        commitsMin: Math.ceil((orders - left * members) / BATCH_SIZE),
      }
    case 'batch-partition':
      // Every partition may end with an incomplete ten.
      return { uncommittedMax: left * partitions, commitsMin: Math.max(tens - partitions, 0) }
    case 'auto-one':
    case 'auto-partition':
      return { uncommittedMax: 0, commitsMin: orders }
    case 'auto-background':
      return { uncommittedMax: 0, commitsMin: 1 }
  }
}

/** Says what a run has not kept; null when it has kept everything. */
export function findBrokenRule(
  { committed, commits }: CommitFacts,
  { uncommittedMax, commitsMin }: CommitRule,
  orders: number,
): string | null {
  if (committed > orders) return `${committed} of ${orders} orders are committed`
  if (orders - committed > uncommittedMax) {
    return `${orders - committed} orders are not committed, at most ${uncommittedMax} may be`
  }
  if (commits < commitsMin) return `committed ${commits} times, promised are ${commitsMin} at least`
  return null
}
