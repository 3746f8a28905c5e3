import type { DeadLetter, LogRecord, Place } from '../evidence.ts'
import { Findings, conclude, placeOf, placeText, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'a bad message is among the dead letters once, byte by byte, and nothing else is'

/** C9: bad records of the log against the dead letters that say they come from this topic. */
export function checkDeadLetters(given: Case): CheckResult {
  const { evidence, log } = given
  const findings = new Findings()
  const letters = evidence.deadLetters.filter(
    ({ source }) => source === null || source.topic === evidence.topic,
  )
  const bySource = new Map<number, DeadLetter[]>()
  let gone = 0
  for (const letter of letters) {
    checkShape(letter, findings)
    if (!letter.source) continue
    const index = log.indexAt(letter.source)
    if (index >= 0) bySource.set(index, [...(bySource.get(index) ?? []), letter])
    else if (log.isGone(letter.source)) gone += 1
    else checkNowhere(given, letter, letter.source, findings)
  }
  for (const [index, copies] of bySource) {
    const record = log.records[index]
    if (record) checkCopies(given, record, copies, findings)
  }
  for (const index of log.bad) {
    const record = log.records[index]
    if (record && !bySource.has(index) && isDue(given, record)) {
      const what = `${placeText(record)} is bad (${record.bad}) and not among the dead letters`
      findings.violate(what, placeOf(record))
    }
  }
  findings.remarkCount(gone, 'dead letters are of messages gone by retention')
  if (evidence.circumstances.isHealthy) {
    for (const letter of letters) {
      findings.violate(
        `a dead letter at ${placeText(letter)}, and nothing was bad`,
        placeOf(letter),
      )
    }
  }
  const compared = `${log.bad.length} bad records against ${letters.length} dead letters`
  return conclude('C9', TITLE, findings, compared)
}

function checkShape(letter: DeadLetter, findings: Findings): void {
  const about = placeOf(letter.source ?? letter)
  if (letter.source === null) {
    findings.violate(`the dead letter at ${placeText(letter)} does not say where it is from`, about)
  } else if (letter.missingHeaders.length > 0) {
    const missing = letter.missingHeaders.join(', ')
    findings.violate(`the dead letter of ${placeText(about)} lacks the headers ${missing}`, about)
  }
}

function checkNowhere(
  { evidence, log }: Case,
  letter: DeadLetter,
  source: Place,
  findings: Findings,
) {
  const isLater = source.offset >= log.rangeOf(source.partition).end
  if (evidence.circumstances.isRunning && isLater) return
  const what = `the dead letter at ${placeText(letter)} is of ${placeText(source)}, where nothing is`
  findings.violate(what, placeOf(source))
}

function checkCopies(
  { evidence }: Case,
  record: LogRecord,
  copies: DeadLetter[],
  findings: Findings,
) {
  const about = { ...placeOf(record), ...(record.order && { orderId: record.order.orderId }) }
  if (record.order) {
    findings.violate(`${placeText(record)} is a good order and among the dead letters`, about)
    return
  }
  if (copies.length > 1) {
    const what = `${placeText(record)} is among the dead letters ${copies.length} times`
    // Who has sent it is kept in Redis as well.
    if (evidence.circumstances.redisLost) findings.remark(what)
    else findings.violate(what, about)
  }
  for (const copy of copies) {
    const differs = [
      ...(copy.keyDigest === record.keyDigest ? [] : ['key']),
      ...(copy.valueDigest === record.valueDigest ? [] : ['value']),
    ]
    if (differs.length === 0) continue
    const what = `the dead letter of ${placeText(record)} has another ${differs.join(' and ')}`
    findings.violate(what, about)
  }
}

/**
 * At the end every bad message; before it those that all consumers have committed, because the
 * commits were read before the dead letters.
 */
function isDue({ evidence }: Case, { partition, offset }: Place): boolean {
  const { consumers, circumstances } = evidence
  if (consumers.length === 0) return false
  if (!circumstances.isRunning) return true
  return consumers.every(({ committed }) => offset < (committed.get(partition) ?? 0))
}
