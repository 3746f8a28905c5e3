import { whyStepsAreOdd } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import { Findings, conclude, notJudged, type Case } from '../findings.ts'
import type { CheckId, CheckResult } from '../verdict.ts'

/** A promise about when one kind of consumer commits. */
export interface CommitRule {
  id: CheckId
  title: string
  appliesTo: (consumer: ConsumerEvidence) => boolean
  /** What `checkTrace` counts. */
  counted: string
  checkHistory: (
    given: Case,
    consumer: ConsumerEvidence,
    commits: CommitRecord[],
    findings: Findings,
  ) => void
  checkTrace: (consumer: ConsumerEvidence, trace: ProcessTrace, findings: Findings) => number
}

/** Holds a rule against what the brokers have written down of commits, and against the traces. */
export function checkCommitting(given: Case, rule: CommitRule): CheckResult {
  const { id, title, appliesTo, counted, checkHistory, checkTrace } = rule
  const consumers = given.evidence.consumers.filter(appliesTo)
  if (consumers.length === 0) return notJudged(id, title, 'no such consumer was read')
  const findings = new Findings()
  const counts = { records: 0, traced: 0, judged: 0 }
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
    for (const trace of traces) counts.traced += checkTrace(consumer, trace, findings)
  }
  if (counts.judged === 0) {
    return notJudged(id, title, 'neither history nor traces can be judged', findings.remarks)
  }
  const compared = `${counts.records} records of the brokers, ${counts.traced} ${counted} in traces`
  return conclude(id, title, findings, compared)
}
