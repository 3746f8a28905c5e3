import type { LedgerOrder } from '../evidence.ts'
import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'what is called refused has not arrived; what is called unknown may have'

/** What the ledgers say of an order in the end. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown'

/** The outcome of an order; one that was tried without any answer is unknown. */
export function outcomeOf({ acknowledged, isRefused, isUnknown }: LedgerOrder): Outcome {
  if (acknowledged.length > 0) return 'acknowledged'
  return isRefused && !isUnknown ? 'refused' : 'unknown'
}

/** How many orders there are of each outcome, and how many unknown ones are on the log. */
export function countOutcomes({ evidence, log }: Case): Record<Outcome | 'unknownOnLog', number> {
  const counts = { acknowledged: 0, refused: 0, unknown: 0, unknownOnLog: 0 }
  for (const order of evidence.ledger.orders.values()) {
    const outcome = outcomeOf(order)
    counts[outcome] += 1
    if (outcome === 'unknown' && log.firsts.has(order.orderId)) counts.unknownOnLog += 1
  }
  return counts
}

/** C10: orders without an acknowledgement, against log and Redis. */
export function checkOutcomes(given: Case): CheckResult {
  const { evidence, log } = given
  const { ledger } = evidence
  if (ledger.files.length === 0) return notJudged('C10', TITLE, 'no ledger was read')
  const findings = new Findings()
  for (const order of ledger.orders.values()) {
    const outcome = outcomeOf(order)
    if (outcome === 'refused') checkRefused(given, order, findings)
    else if (outcome === 'unknown') checkUnknown(given, order, findings)
  }
  let foreign = 0
  for (const orderId of log.firsts.keys()) if (!ledger.orders.has(orderId)) foreign += 1
  findings.remarkCount(foreign, 'orders on the log are in none of these ledgers')
  const { refused, unknown, unknownOnLog } = countOutcomes(given)
  const compared = `${refused} refused, ${unknown} unknown of which ${unknownOnLog} are on the log`
  return conclude('C10', TITLE, findings, compared)
}

function checkRefused({ evidence, log }: Case, { orderId }: LedgerOrder, findings: Findings): void {
  // It may have been sent again since the ledger was read.
  if (evidence.circumstances.isRunning) return
  const first = log.firstOf(orderId)
  if (first) {
    const what = `${orderId} is called refused but is on the log at ${placeText(first)}`
    findings.violate(what, { orderId, ...placeOf(first) })
  }
  for (const { name, stored } of evidence.consumers) {
    const found = stored.get(orderId)
    if (!found) continue
    const what = `${name}: ${orderId} is called refused but is in Redis`
    findings.violate(what, { orderId, ...placeOf(found) })
  }
}

/** It may be there or not; but when it is there, it is what was tried. */
function checkUnknown({ log }: Case, { orderId, digest }: LedgerOrder, findings: Findings): void {
  const first = log.firstOf(orderId)
  if (!first?.order || first.order.digest === digest) return
  const what = `${orderId} at ${placeText(first)} says something else than its ledger`
  findings.violate(what, { orderId, ...placeOf(first) })
}
