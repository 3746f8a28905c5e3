import type { ConsumerEvidence, ProcessTrace, StoredOrder } from '../evidence.ts'
import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { LogIndex } from '../log-index.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'every order has its effect once, as it first came'

/** C3: fields, counters and totals of Redis against the log, and against what processes did. */
export function checkEffects(given: Case): CheckResult {
  const { evidence, log } = given
  const { consumers, circumstances } = evidence
  if (consumers.length === 0) return notJudged('C3', TITLE, 'no consumer was read')
  if (log.partitions.length === 0) return notJudged('C3', TITLE, 'no log was read')
  const findings = new Findings()
  for (const consumer of consumers) {
    checkFields(given, consumer, findings)
    if (circumstances.isRunning) {
      findings.remark(`${consumer.name}: counters are held against the hashes at the end only`)
    } else checkCounters(given, consumer, findings)
    if (consumer.traces) checkDeliveries(given, consumer, consumer.traces, findings)
  }
  if (circumstances.isHealthy) checkHealthy(given, findings)
  const compared = consumers.map((one) => describeTotals(log, one)).join('; ')
  return conclude('C3', TITLE, findings, compared)
}

/** Effects beyond the first of an order: what the counters say against the hashes there are. */
export function countSecondEffects(log: LogIndex, { positions, stored }: ConsumerEvidence): number {
  const { hashes } = sumHashes(stored)
  let second = 0
  for (const partition of log.partitions) {
    const counted = positions.get(partition)?.stored ?? 0
    second += Math.max(counted - (hashes.get(partition) ?? 0), 0)
  }
  return second
}

/** Deliveries beyond the first of each order. */
export function countDeliveredAgain({ stored }: ConsumerEvidence): number {
  let again = 0
  for (const { deliveries } of stored.values()) again += deliveries - 1
  return again
}

function checkFields({ log }: Case, { name, stored }: ConsumerEvidence, findings: Findings): void {
  let older = 0
  for (const [orderId, found] of stored) {
    const first = log.firstOf(orderId)
    if (!first) continue
    const about = { orderId, ...placeOf(first) }
    if (found.digest !== first.order?.digest || found.totalCents !== first.order.totalCents) {
      findings.violate(`${name}: ${orderId} is in Redis with other fields than on the log`, about)
    }
    if (found.deliveries < 1) {
      findings.violate(`${name}: ${orderId} is in Redis with ${found.deliveries} deliveries`, about)
    }
    if (found.partition === first.partition && found.offset === first.offset) continue
    // Its first appearance may have been deleted since.
    if (log.isGone(found)) older += 1
    else {
      const what =
        `${name}: ${orderId} is in Redis as of ${placeText(found)}, ` +
        `it came first at ${placeText(first)}`
      findings.violate(what, about)
    }
  }
  findings.remarkCount(older, `orders of ${name} first came at places gone by retention`)
}

function checkCounters({ log }: Case, consumer: ConsumerEvidence, findings: Findings): void {
  const { name, positions, stored } = consumer
  const { hashes, again } = sumHashes(stored)
  for (const partition of new Set([...log.partitions, ...hashes.keys(), ...positions.keys()])) {
    const position = positions.get(partition)
    const facts: [string, number, number][] = [
      ['stored', position?.stored ?? 0, hashes.get(partition) ?? 0],
      ['deliveredAgain', position?.deliveredAgain ?? 0, again.get(partition) ?? 0],
    ]
    for (const [what, counted, found] of facts) {
      if (counted === found) continue
      findings.violate(
        `${name}: counter ${what} of partition ${partition} is ${counted}, the hashes say ${found}`,
        { partition },
      )
    }
  }
}

function sumHashes(stored: ReadonlyMap<string, StoredOrder>) {
  const hashes = new Map<number, number>()
  const again = new Map<number, number>()
  for (const { partition, deliveries } of stored.values()) {
    hashes.set(partition, (hashes.get(partition) ?? 0) + 1)
    again.set(partition, (again.get(partition) ?? 0) + deliveries - 1)
  }
  return { hashes, again }
}

/** A delivery needs somebody who took the message; and who has said «stored» has delivered it. */
function checkDeliveries(
  { evidence, log }: Case,
  { name, stored }: ConsumerEvidence,
  traces: ProcessTrace[],
  findings: Findings,
): void {
  const { isRunning, redisLost } = evidence.circumstances
  const tally = tallyTraces(log, traces)
  let fewer = 0
  for (const [orderId, found] of stored) {
    const { deliveries } = found
    // What was deleted since cannot be counted.
    if (log.isGone(found)) continue
    const places = log.placesOf(orderId)
    const taken = places.reduce((sum, index) => sum + (tally.taken[index] ?? 0), 0)
    const done = places.reduce((sum, index) => sum + (tally.stored[index] ?? 0), 0)
    const first = places[0] === undefined ? undefined : log.records[places[0]]
    if (!first) continue
    const about = { orderId, ...placeOf(first) }
    if (deliveries > taken) {
      findings.violate(
        `${name}: ${orderId} was taken ${taken} times, delivered ${deliveries}`,
        about,
      )
    }
    // Traces are read after Redis, and on a run that goes on they know more.
    if (deliveries >= done || isRunning) continue
    if (redisLost) fewer += 1
    else {
      const what = `${name}: ${orderId} was stored ${done} times, Redis has counted ${deliveries}`
      findings.violate(what, about)
    }
  }
  findings.remarkCount(fewer, `orders of ${name} have lost deliveries together with Redis`)
}

/** How often the message at each place of the log was taken, and told to be stored. */
function tallyTraces(log: LogIndex, traces: ProcessTrace[]) {
  const taken = new Uint32Array(log.records.length)
  const stored = new Uint32Array(log.records.length)
  for (const { events } of traces) {
    for (const event of events) {
      if (event.event !== 'taken' && event.event !== 'stored') continue
      const counts = event.event === 'taken' ? taken : stored
      for (const offset of event.offsets) {
        const index = log.indexAt({ partition: event.partition, offset })
        if (index >= 0) counts[index] = (counts[index] ?? 0) + 1
      }
    }
  }
  return { taken, stored }
}

function checkHealthy({ evidence, log }: Case, findings: Findings): void {
  for (const index of log.repeats) {
    const record = log.records[index]
    if (!record?.order) continue
    const { orderId } = record.order
    const what = `${orderId} is on the log again at ${placeText(record)}, and nothing was broken`
    findings.violate(what, { orderId, ...placeOf(record) })
  }
  for (const { name, stored } of evidence.consumers) {
    for (const [orderId, { deliveries, partition, offset }] of stored) {
      if (deliveries <= 1) continue
      const what = `${name}: ${orderId} was delivered ${deliveries} times, and nothing was broken`
      findings.violate(what, { orderId, partition, offset })
    }
  }
}

function describeTotals(log: LogIndex, { name, stored }: ConsumerEvidence): string {
  let [onLog, inRedis, count] = [0, 0, 0]
  for (const [orderId, { totalCents }] of stored) {
    const order = log.firstOf(orderId)?.order
    if (!order) continue
    count += 1
    onLog += order.totalCents
    inRedis += totalCents
  }
  return `${name}: ${count} orders, ${inRedis} cents in Redis against ${onLog} on the log`
}
