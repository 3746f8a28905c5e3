import type { ConsumerEvidence } from '../evidence.ts'
import { Findings, conclude, notJudged, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'things go on, and at the end nothing is left to do'

/** C11: what was measured during the run, and what is left at its end. */
export function checkLiveness(given: Case): CheckResult {
  const { isRunning, liveness } = given.evidence.circumstances
  if (isRunning && !liveness) return notJudged('C11', TITLE, 'nothing was measured, and it goes on')
  const findings = new Findings()
  for (const failure of liveness?.failures ?? []) findings.violate(failure)
  if (!isRunning)
    for (const consumer of given.evidence.consumers) checkLag(given, consumer, findings)
  const lag = isRunning ? '' : `the lag of ${given.evidence.consumers.length} consumers`
  const compared = [liveness?.measured, lag].filter(Boolean).join('; ')
  return conclude('C11', TITLE, findings, compared)
}

function checkLag({ log }: Case, consumer: ConsumerEvidence, findings: Findings): void {
  const { name, commitEvery, positions, committed } = consumer
  let open = 0
  for (const partition of log.partitions) {
    const { low, end } = log.rangeOf(partition)
    if (low === end) continue
    const next = positions.get(partition)?.next ?? low
    const offset = committed.get(partition) ?? low
    open += Math.max(end - offset, 0)
    if (next < end) {
      const what = `${name}: partition ${partition} is stored up to ${next}, its end is ${end}`
      findings.violate(what, { partition, offset: next })
    }
    if (commitEvery <= 1 && offset < end) {
      const what = `${name}: partition ${partition} is committed up to ${offset}, its end is ${end}`
      findings.violate(what, { partition, offset })
    }
  }
  if (commitEvery <= 1) return
  // Each member may hold one short of a commit, and there may be a member a partition.
  if (open < commitEvery * log.partitions.length) {
    findings.remarkCount(open, `messages are stored by ${name} and not committed yet`)
  } else findings.violate(`${name}: ${open} messages are not committed`)
}
