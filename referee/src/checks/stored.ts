import type { ConsumerEvidence } from '../evidence.ts'
import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'every order that a consumer has passed is in Redis, and nothing else is'

/** C2: the log against Redis, both ways, for each consumer. */
export function checkStored(given: Case): CheckResult {
  const { evidence, log } = given
  if (evidence.consumers.length === 0) return notJudged('C2', TITLE, 'no consumer was read')
  if (log.partitions.length === 0) return notJudged('C2', TITLE, 'no log was read')
  const findings = new Findings()
  for (const consumer of evidence.consumers) {
    checkLogInRedis(given, consumer, findings)
    checkRedisOnLog(given, consumer, findings)
    checkPassed(given, consumer, findings)
  }
  const counts = evidence.consumers.map(({ name, stored }) => `${stored.size} in Redis (${name})`)
  const compared = `${log.firsts.size} orders on the log against ${counts.join(' and ')}`
  return conclude('C2', TITLE, findings, compared)
}

/** Orders of the log below the committed offsets that are not in Redis. */
export function countLost({ log }: Case, { committed, stored }: ConsumerEvidence): number {
  let lost = 0
  for (const [orderId, index] of log.firsts) {
    const { partition, offset } = log.records[index] ?? { partition: 0, offset: 0 }
    if (offset < (committed.get(partition) ?? 0) && !stored.has(orderId)) lost += 1
  }
  return lost
}

function checkLogInRedis({ evidence, log }: Case, consumer: ConsumerEvidence, findings: Findings) {
  const { isRunning, redisLost } = evidence.circumstances
  const { name, stored, committed, positions } = consumer
  if (isRunning && redisLost) {
    findings.remark(
      `${name}: Redis has lost writes and the run goes on, so what is missing may come`,
    )
    return
  }
  for (const [orderId, index] of log.firsts) {
    const record = log.records[index]
    if (!record || stored.has(orderId)) continue
    const isCommitted = record.offset < (committed.get(record.partition) ?? 0)
    if (isRunning && !isCommitted) continue
    const isPassed = record.offset < (positions.get(record.partition)?.next ?? 0)
    const passed = isPassed ? 'passed but' : 'not reached and'
    const how = isCommitted ? 'committed but' : passed
    const what = `${name}: ${orderId} at ${placeText(record)} is ${how} not in Redis`
    findings.violate(what, { orderId, ...placeOf(record) })
  }
}

function checkRedisOnLog({ evidence, log }: Case, consumer: ConsumerEvidence, findings: Findings) {
  const { isRunning } = evidence.circumstances
  const skipped = { gone: 0, later: 0 }
  for (const [orderId, order] of consumer.stored) {
    if (log.firsts.has(orderId)) continue
    if (log.isGone(order)) skipped.gone += 1
    else if (isRunning && order.offset >= log.rangeOf(order.partition).end) skipped.later += 1
    else {
      const what = `${consumer.name}: ${orderId} is in Redis but not on the log`
      findings.violate(what, { orderId, ...placeOf(order) })
    }
  }
  const { name } = consumer
  findings.remarkCount(
    skipped.gone,
    `orders of ${name} in Redis are gone from the log by retention`,
  )
  findings.remarkCount(skipped.later, `orders of ${name} in Redis are later than this reading`)
}

/** Every record below the position has left its mark: as an order, a repeat or a dead letter. */
function checkPassed(given: Case, consumer: ConsumerEvidence, findings: Findings): void {
  const { evidence, log } = given
  const { name, positions, stored } = consumer
  for (const partition of log.partitions) {
    const { end } = log.rangeOf(partition)
    const next = positions.get(partition)?.next ?? 0
    if (next <= end || evidence.circumstances.isRunning) continue
    const what = `${name}: partition ${partition} is stored up to ${next}, its end is ${end}`
    findings.violate(what, { partition, offset: next })
  }
  const passed = countPassed(given, consumer)
  for (const [orderId, count] of passed.repeated) {
    const deliveries = stored.get(orderId)?.deliveries ?? count
    if (deliveries >= count) continue
    const what =
      `${name}: ${orderId} was passed ${count} times on the log but delivered ${deliveries} times: ` +
      'a record was skipped'
    findings.violate(what, { orderId })
  }
  for (const [partition, count] of passed.bad) {
    const counted = positions.get(partition)?.deadLettered ?? 0
    if (counted >= count) continue
    const what = `${name}: ${count} bad records of partition ${partition} were passed, counted ${counted}`
    findings.violate(what, { partition })
  }
}

/** How often repeated orders, and how many bad records, lie below the positions. */
function countPassed({ log }: Case, { positions }: ConsumerEvidence) {
  const isPassed = (index: number): boolean => {
    const record = log.records[index]
    return record !== undefined && record.offset < (positions.get(record.partition)?.next ?? 0)
  }
  const repeated = new Map<string, number>()
  for (const index of log.repeats) {
    const orderId = log.records[index]?.order?.orderId ?? ''
    if (repeated.has(orderId)) continue
    repeated.set(orderId, log.placesOf(orderId).filter(isPassed).length)
  }
  const bad = new Map<number, number>()
  for (const index of log.bad.filter(isPassed)) {
    const partition = log.records[index]?.partition ?? 0
    bad.set(partition, (bad.get(partition) ?? 0) + 1)
  }
  return { repeated, bad }
}
