import { describeCommit, groupSteps, stepsOf, sumCovered } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import type { Case, Findings } from '../findings.ts'
import { readSteps } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'
import { checkCommitting } from './committing.ts'

const TITLE = 'batch: at the tenth message one commit, of those ten'

/** C8: for consumers that commit several messages at once. */
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

interface Collected {
  count: number
  next: ReadonlyMap<number, number>
}

const NOTHING: Collected = { count: 0, next: new Map() }

function checkTrace(consumer: ConsumerEvidence, trace: ProcessTrace, findings: Findings): number {
  let [batch, batchBefore] = [NOTHING, NOTHING]
  let epoch = 0
  let commits = 0
  for (const step of readSteps(trace)) {
    const { event, isLate } = step
    // Not at `dropped`: the answer to a commit may still be on its way then.
    if (event.event === 'joined') {
      epoch = step.epoch
      batchBefore = batch
      batch = NOTHING
    } else if (event.event === 'stored' && !isLate) {
      const next = new Map(batch.next).set(event.partition, Math.max(...event.offsets) + 1)
      batch = { count: batch.count + event.offsets.length, next }
    } else if (event.event === 'committed') {
      commits += 1
      const isBefore = step.epoch < epoch
      checkCommit(consumer, event.offsets, isBefore ? batchBefore : batch, findings)
      if (isBefore) batchBefore = NOTHING
      else batch = NOTHING
    }
  }
  return commits
}

function checkCommit(
  { name, commitEvery }: ConsumerEvidence,
  offsets: Record<string, number>,
  { count, next }: Collected,
  findings: Findings,
): void {
  const found = describeCommit(inOrder(Object.entries(offsets)))
  const wanted = describeCommit(inOrder(next))
  const [partition, offset] = Object.entries(offsets)[0] ?? ['0', 0]
  const about = { partition: Number(partition), offset }
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
