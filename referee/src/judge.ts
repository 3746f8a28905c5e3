import { checkAcknowledged } from './checks/acknowledged.ts'
import { checkCommits } from './checks/commits.ts'
import { checkCustomers } from './checks/customers.ts'
import { checkDeadLetters } from './checks/dead-letters.ts'
import { checkEffects, countDeliveredAgain, countSecondEffects } from './checks/effects.ts'
import { checkFence } from './checks/fence.ts'
import { checkLiveness } from './checks/liveness.ts'
import { checkOneByOne } from './checks/one-by-one.ts'
import { checkOutcomes, countOutcomes } from './checks/outcomes.ts'
import { checkStored, countLost } from './checks/stored.ts'
import { checkTenByTen } from './checks/ten-by-ten.ts'
import type { Evidence } from './evidence.ts'
import type { Case } from './findings.ts'
import { LogIndex } from './log-index.ts'
import { findResumed } from './resumed.ts'
import type { CheckId, CheckResult, Verdict, VerdictSummary } from './verdict.ts'

/** Without these a verdict is worth nothing. */
const NEEDED: ReadonlySet<CheckId> = new Set(['C1', 'C2', 'C3', 'C5'])

const CHECKS: ((given: Case) => CheckResult)[] = [
  checkAcknowledged,
  checkStored,
  checkEffects,
  checkCustomers,
  checkFence,
  checkCommits,
  checkOneByOne,
  checkTenByTen,
  checkDeadLetters,
  checkOutcomes,
  checkLiveness,
]

/** Holds all that is known of a run against every promise. */
export function judge(evidence: Evidence): Verdict {
  const resumed = new Map(evidence.consumers.flatMap((consumer) => [...findResumed(consumer)]))
  const given = { evidence, log: new LogIndex(evidence.log), resumed }
  const checks = CHECKS.map((check) => check(given))
  return { exitCode: exitCodeOf(checks), checks, summary: summarize(given) }
}

function exitCodeOf(checks: CheckResult[]): Verdict['exitCode'] {
  if (checks.some(({ outcome }) => outcome === 'violated')) return 1
  return checks.some(({ id, outcome }) => outcome === 'not judged' && NEEDED.has(id)) ? 2 : 0
}

function summarize(given: Case): VerdictSummary {
  const { evidence, log } = given
  return {
    tried: evidence.ledger.orders.size,
    ...countOutcomes(given),
    records: log.records.length,
    badRecords: log.bad.length,
    deadLetters: evidence.deadLetters.length,
    consumers: evidence.consumers.map((consumer) => ({
      name: consumer.name,
      stored: consumer.stored.size,
      deliveredAgain: countDeliveredAgain(consumer),
      lost: countLost(given, consumer),
      secondEffects: countSecondEffects(log, consumer),
    })),
  }
}
