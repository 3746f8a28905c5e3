import { groupSteps, stepsOf, sumCovered, whyStepsAreOdd } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import { Findings, conclude, notJudged, placeText, type Case } from '../findings.ts'
import { readSteps, type Step } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'auto: an order, its commit, and only then the next'

/** C7: for consumers that commit every message. */
export function checkOneByOne(given: Case): CheckResult {
  const consumers = given.evidence.consumers.filter(({ commitEvery }) => commitEvery === 1)
  if (consumers.length === 0) return notJudged('C7', TITLE, 'no such consumer was read')
  const findings = new Findings()
  const counts = { records: 0, stored: 0, judged: 0 }
  for (const consumer of consumers) {
    const { name, commits, traces } = consumer
    const odd = whyStepsAreOdd(consumer, given.evidence.circumstances)
    if (commits && odd) findings.remark(`${name}: the history was left out: ${odd}`)
    if (commits && !odd) {
      checkHistory(given, consumer, commits, findings)
      counts.records += commits.length
      counts.judged += 1
    }
    if (!traces) continue
    counts.judged += 1
    for (const trace of traces) counts.stored += checkTrace(consumer, trace, findings)
  }
  if (counts.judged === 0) {
    return notJudged('C7', TITLE, 'neither history nor traces can be judged', findings.remarks)
  }
  const compared = `${counts.records} records of the brokers, ${counts.stored} orders in traces`
  return conclude('C7', TITLE, findings, compared)
}

function checkHistory(
  { log }: Case,
  { name }: ConsumerEvidence,
  commits: CommitRecord[],
  findings: Findings,
): void {
  for (const commit of groupSteps(stepsOf(commits, log), 1)) {
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
  for (const step of readSteps(trace)) {
    const { event } = step
    if (event.event === 'joined') {
      epoch = step.epoch
      doneBefore = done
      done = new Map()
    } else if (event.event === 'taken') {
      checkTaken(consumer, event, pending, findings)
      pending = []
    } else if (event.event === 'stored') {
      stored += event.offsets.length
      const { partition, offsets } = event
      if (!step.isLate) pending = offsets.map((offset) => ({ partition, offset }))
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
