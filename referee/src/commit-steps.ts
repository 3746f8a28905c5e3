import type { Circumstances, CommitRecord, ConsumerEvidence } from './evidence.ts'
import type { LogIndex } from './log-index.ts'

/** One record of a commit, and how many messages it adds to what was committed before. */
export interface CommitStep extends CommitRecord {
  covered: number
}

/**
 * The steps of a history. Where nothing of a partition was committed before, it begins at 0; not
 * when messages were deleted since, because then nobody knows where it began. A group that went on
 * from an older commit begins its next one there: see `resumed.ts`.
 */
export function stepsOf(
  commits: CommitRecord[],
  log: LogIndex,
  resumed: ReadonlyMap<CommitRecord, number>,
): CommitStep[] {
  const committed = new Map<number, number>()
  return commits.flatMap((record) => {
    const { partition, offset } = record
    const before = committed.get(partition)
    committed.set(partition, offset)
    if (before === undefined && log.rangeOf(partition).low > 0) return []
    return [{ ...record, covered: offset - (resumed.get(record) ?? before ?? 0) }]
  })
}

/** Why the steps of a history say nothing about the consumer; null when they do. */
export function whyStepsAreOdd(
  { groupId, traces }: ConsumerEvidence,
  { movedGroups, redisLost }: Circumstances,
): string | null {
  if (movedGroups.includes(groupId)) return 'somebody from outside has moved its commits'
  if (redisLost) return 'Redis has lost writes, and commits go back for that'
  const isRewound = traces?.some(({ events }) => events.some(({ event }) => event === 'rewound'))
  return isRewound ? 'a process has rewound, which moves commits' : null
}

/**
 * Puts together what was committed at once. Two members may commit in the same millisecond: a
 * commit also ends where it is full, or where a partition comes again.
 */
export function groupSteps(steps: CommitStep[], size: number): CommitStep[][] {
  const commits: CommitStep[][] = []
  for (const step of steps) {
    const last = commits.at(-1)
    const joins =
      last?.[0]?.at === step.at &&
      sumCovered(last) !== size &&
      last.every(({ partition }) => partition !== step.partition)
    if (last && joins) last.push(step)
    else commits.push([step])
  }
  return commits
}

/** How many messages a commit covers. */
export function sumCovered(commit: CommitStep[]): number {
  return commit.reduce((sum, { covered }) => sum + covered, 0)
}

/** A commit in words. */
export function describeCommit(offsets: Iterable<readonly [number | string, number]>): string {
  return [...offsets].map(([partition, offset]) => `${partition} → ${offset}`).join(', ')
}
