import { groupSteps, stepsOf, sumCovered } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import { placeText, type Case, type Findings } from '../findings.ts'
import { hasWorkerForEach, readSteps, type Step } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'
import { checkCommitting } from './committing.ts'

const TITLE = 'auto: an order, its commit, and only then the next'

/** C7: for consumers that commit every message. */
export function checkOneByOne(given: Case): CheckResult {
  return checkCommitting(given, {
    id: 'C7',
    title: TITLE,
    appliesTo: ({ commitEvery }) => commitEvery === 1,
    counted: 'orders',
    checkHistory,
    checkTrace,
  })
}

function checkHistory(
  { log, resumed }: Case,
  { name }: ConsumerEvidence,
  commits: CommitRecord[],
  findings: Findings,
): void {
  for (const commit of groupSteps(stepsOf(commits, log, resumed), 1)) {
    const covered = sumCovered(commit)
    // Going back is for C6 to say; a repeated commit covers nothing.
    if (covered <= 1) continue
    const [first] = commit
    if (!first) continue
    const { partition, offset } = first
    const what = `${name}: the commit of partition ${partition} up to ${offset} covers ${covered} messages`
    findings.violate(what, { partition, offset })
  }
}

interface Pending {
  partition: number
  offset: number
}

function checkTrace(consumer: ConsumerEvidence, trace: ProcessTrace, findings: Findings): number {
  const { name } = consumer
  /** Where the stored ones end, in this membership and in the one before. */
  let [done, doneBefore] = [new Map<number, number>(), new Map<number, number>()]
  let epoch = 0
  let pending: Pending[] = []
  let stored = 0
  const isOfEach = hasWorkerForEach(trace)
  for (const step of readSteps(trace)) {
    const { event } = step
    if (event.event === 'joined') {
      epoch = step.epoch
      doneBefore = done
      done = new Map()
    } else if (event.event === 'taken') {
      const isDue = ({ partition }: Pending): boolean => !isOfEach || partition === event.partition
      checkTaken(consumer, event, pending.filter(isDue), findings)
      pending = pending.filter((one) => !isDue(one))
    } else if (event.event === 'stored') {
      stored += event.offsets.length
      const { partition, offsets } = event
      const places = offsets.map((offset) => ({ partition, offset }))
      if (!step.isLate) pending = isOfEach ? [...pending, ...places] : places
      done.set(partition, Math.max(done.get(partition) ?? -1, ...offsets))
    } else if (event.event === 'committed') {
      checkCommitted(name, event.offsets, step.epoch < epoch ? doneBefore : done, findings)
      pending = pending.filter(({ partition, offset }) => {
        return (event.offsets[String(partition)] ?? 0) <= offset
      })
    } else if (event.event === 'dropped' || event.event === 'rewound') pending = []
  }
  return stored
}

type Taken = Extract<Step['event'], { event: 'taken' }>

function checkTaken(
  { name, commits }: ConsumerEvidence,
  { at, partition, offsets }: Taken,
  pending: Pending[],
  findings: Findings,
): void {
  const [first = 0] = offsets
  if (offsets.length !== 1) {
    const what = `${name}: ${offsets.length} messages were taken at once from ${placeText({ partition, offset: first })}`
    findings.violate(what, { partition, offset: first })
  }
  for (const place of pending) {
    // The client library itself may have repeated a failed commit: then only the brokers know.
    if (commits?.some((record) => isCommitOf(record, place) && record.at <= at)) continue
    const what =
      `${name}: ${placeText({ partition, offset: first })} was taken before the commit ` +
      `of ${placeText(place)}`
    findings.violate(what, { ...place })
  }
}

function isCommitOf(record: CommitRecord, { partition, offset }: Pending): boolean {
  return record.partition === partition && record.offset > offset
}

function checkCommitted(
  name: string,
  offsets: Record<string, number>,
  done: Map<number, number>,
  findings: Findings,
): void {
  for (const [id, offset] of Object.entries(offsets)) {
    const partition = Number(id)
    const reached = (done.get(partition) ?? -1) + 1
    if (offset <= reached) continue
    const what =
      `${name}: partition ${partition} was committed up to ${offset} ` +
      `when this process had stored up to ${reached}`
    findings.violate(what, { partition, offset })
  }
}
