import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'no commit is ahead of what is in Redis, at any moment'

/** C5: committed offsets against stored positions; Kafka was read first. */
export function checkFence({ evidence, log }: Case): CheckResult {
  const { consumers, circumstances } = evidence
  if (consumers.length === 0) return notJudged('C5', TITLE, 'no consumer was read')
  const { isRunning, redisLost, fenceWatch } = circumstances
  const findings = new Findings()
  let held = 0
  for (const { name, committed, positions } of consumers) {
    if (isRunning && redisLost) {
      findings.remark(`${name}: Redis has lost writes and the run goes on: not held yet`)
      continue
    }
    for (const [partition, offset] of committed) {
      held += 1
      const next = positions.get(partition)?.next ?? 0
      // What was deleted before it could be read is not there to be stored.
      if (offset <= Math.max(next, log.rangeOf(partition).low)) continue
      const what = `${name}: partition ${partition} is committed up to ${offset}, stored up to ${next}`
      findings.violate(what, { partition, offset })
    }
  }
  for (const moment of fenceWatch?.ahead ?? []) {
    const { consumer, stored } = moment
    const what = `${consumer}: committed ${placeText(moment)} while Redis was at ${stored}`
    if (!redisLost) findings.violate(what, placeOf(moment))
  }
  if (!fenceWatch) findings.remark('nobody watched during the run: only the end was held')
  if (redisLost) findings.remarkCount(fenceWatch?.ahead.length ?? 0, 'moments behind a lost write')
  const watched = fenceWatch ? ` and ${fenceWatch.samples} samples during the run` : ''
  return conclude('C5', TITLE, findings, `${held} committed offsets against Redis${watched}`)
}
