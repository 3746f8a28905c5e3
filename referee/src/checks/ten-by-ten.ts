import { describeCommit, groupSteps, stepsOf, sumCovered } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import type { Case, Findings } from '../findings.ts'
import { hasWorkerForEach, readSteps } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'
import { checkCommitting } from './committing.ts'

const TITLE = 'batch: at the tenth message one commit, of those ten'

/** C8: for consumers that commit several messages at once, of all partitions or of each. */
export function checkTenByTen(given: Case): CheckResult {
  return checkCommitting(given, {
    id: 'C8',
    title: TITLE,
    appliesTo: ({ commitEvery }) => commitEvery > 1,
    counted: 'commits',
    checkHistory,
    checkTrace,
  })
}

function checkHistory(
  { log }: Case,
  { name, commitEvery }: ConsumerEvidence,
  commits: CommitRecord[],
  findings: Findings,
): void {
  const isShort = log.partitions.some((partition) => log.rangeOf(partition).low > 0)
  if (isShort) {
    findings.remark(`${name}: the history was left out: the log no longer begins where it began`)
    return
  }
  const steps = stepsOf(commits, log)
  // Going back is for C6 to say, and makes every sum after it another one.
  if (steps.some(({ covered }) => covered < 0)) {
    findings.remark(`${name}: the history was left out: commits went back`)
    return
  }
  for (const commit of groupSteps(steps, commitEvery)) {
    const covered = sumCovered(commit)
    if (covered === 0 || covered === commitEvery) continue
    const places = describeCommit(commit.map(({ partition, offset }) => [partition, offset]))
    const what = `${name}: a commit covers ${covered} messages instead of ${commitEvery}: ${places}`
    findings.violate(what, { partition: commit[0]?.partition ?? 0, offset: commit[0]?.offset ?? 0 })
  }
}

/** What is stored and not committed, by partition. */
type Collected = ReadonlyMap<number, { count: number; next: number }>

const NOTHING: Collected = new Map()

function checkTrace(consumer: ConsumerEvidence, trace: ProcessTrace, findings: Findings): number {
  let [batch, batchBefore] = [NOTHING, NOTHING]
  let epoch = 0
  let commits = 0
  const isOfEach = hasWorkerForEach(trace)
  for (const step of readSteps(trace)) {
    const { event, isLate } = step
    // Not at `dropped`: the answer to a commit may still be on its way then.
    if (event.event === 'joined') {
      epoch = step.epoch
      batchBefore = batch
      batch = NOTHING
    } else if (event.event === 'stored' && !isLate) {
      batch = collect(batch, event)
    } else if (event.event === 'committed') {
      commits += 1
      const isBefore = step.epoch < epoch
      const all = isBefore ? batchBefore : batch
      const due = isOfEach ? ofPartitions(all, event.offsets) : all
      checkCommit(consumer, event.offsets, due, findings)
      const rest = new Map([...all].filter(([partition]) => !due.has(partition)))
      if (isBefore) batchBefore = rest
      else batch = rest
    }
  }
  return commits
}

function collect(batch: Collected, { partition, offsets }: Place): Collected {
  const count = (batch.get(partition)?.count ?? 0) + offsets.length
  return new Map(batch).set(partition, { count, next: Math.max(...offsets) + 1 })
}

interface Place {
  partition: number
  offsets: number[]
}

function ofPartitions(batch: Collected, offsets: Record<string, number>): Collected {
  return new Map([...batch].filter(([partition]) => String(partition) in offsets))
}

function checkCommit(
  { name, commitEvery }: ConsumerEvidence,
  offsets: Record<string, number>,
  due: Collected,
  findings: Findings,
): void {
  const found = describeCommit(inOrder(Object.entries(offsets)))
  const wanted = describeCommit(inOrder([...due].map(([id, { next }]) => [id, next] as const)))
  const [partition, offset] = Object.entries(offsets)[0] ?? ['0', 0]
  const about = { partition: Number(partition), offset }
  const count = [...due.values()].reduce((sum, one) => sum + one.count, 0)
  if (count !== commitEvery) {
    const what = `${name}: a commit after ${count} messages instead of ${commitEvery}: ${found}`
    findings.violate(what, about)
  } else if (found !== wanted) {
    findings.violate(`${name}: a commit of ${found}; stored were ${wanted}`, about)
  }
}

function inOrder(
  offsets: Iterable<readonly [number | string, number]>,
): (readonly [number | string, number])[] {
  return [...offsets].sort(([a], [b]) => Number(a) - Number(b))
}
