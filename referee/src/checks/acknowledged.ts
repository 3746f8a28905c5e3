import type { LedgerOrder, Place } from '../evidence.ts'
import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { LogIndex } from '../log-index.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'an acknowledged order is on the log, where its acknowledgement says'

/** C1: acknowledgements against the log, which has to be whole to be held against. */
export function checkAcknowledged({ evidence, log }: Case): CheckResult {
  const { ledger, circumstances } = evidence
  if (ledger.files.length === 0) return notJudged('C1', TITLE, 'no ledger was read')
  if (log.partitions.length === 0) return notJudged('C1', TITLE, 'no log was read')
  const findings = new Findings()
  checkWhole(log, findings)
  const count = checkOrders(ledger.orders.values(), log, circumstances.isRunning, findings)
  const { unreadable } = ledger
  for (const { file, line, why } of unreadable) findings.remark(`${file} line ${line}: ${why}`)
  return conclude(
    'C1',
    TITLE,
    findings,
    `${count} acknowledgements against ${log.records.length} records`,
    unreadable.length === 0 ? null : `${unreadable.length} lines of the ledgers cannot be read`,
  )
}

/** A dump with a hole would hide whatever is in the hole. */
function checkWhole(log: LogIndex, findings: Findings): void {
  const expected = new Map(log.partitions.map((id) => [id, log.rangeOf(id).low]))
  for (const { partition, offset } of log.records) {
    const next = expected.get(partition) ?? 0
    expected.set(partition, offset + 1)
    if (offset === next) continue
    const what = `the log of partition ${partition} has offset ${offset} where ${next} should be`
    findings.violate(what, { partition, offset })
  }
  for (const [partition, read] of expected) {
    const { end } = log.rangeOf(partition)
    if (read >= end) continue
    const what = `the log of partition ${partition} was read up to ${read}, its end is ${end}`
    findings.violate(what, { partition, offset: read })
  }
}

function checkOrders(
  orders: Iterable<LedgerOrder>,
  log: LogIndex,
  isRunning: boolean,
  findings: Findings,
): number {
  const owners = new PlaceOwners(log)
  const skipped = { gone: 0, later: 0 }
  let count = 0
  for (const order of orders) {
    const { acknowledged, orderId } = order
    count += acknowledged.length
    if (acknowledged.length > 1) {
      const places = acknowledged.map(placeText).join(' and at ')
      findings.violate(`${orderId} is acknowledged more than once: at ${places}`, { orderId })
    }
    for (const place of acknowledged) {
      const other = owners.claim(place, orderId)
      if (other !== null && other !== orderId) {
        const what = `${orderId} and ${other} are both acknowledged at ${placeText(place)}`
        findings.violate(what, { orderId, ...placeOf(place) })
      }
      if (log.isGone(place)) skipped.gone += 1
      else if (isRunning && place.offset >= log.rangeOf(place.partition).end) skipped.later += 1
      else checkPlace(order, place, log, findings)
    }
  }
  findings.remarkCount(skipped.gone, 'acknowledged places are gone by retention')
  findings.remarkCount(skipped.later, 'acknowledged places are later than this reading of the log')
  return count
}

function checkPlace(
  { orderId, digest }: LedgerOrder,
  place: Place,
  log: LogIndex,
  findings: Findings,
): void {
  const record = log.records[log.indexAt(place)]
  const about = { orderId, ...placeOf(place) }
  if (record?.order?.orderId !== orderId) {
    const found = record ? (record.order?.orderId ?? 'what is no order') : 'nothing'
    const first = log.firstOf(orderId)
    const fate = first ? `it is at ${placeText(first)}` : 'it is nowhere on the log'
    const what = `${orderId} is acknowledged at ${placeText(place)}, where ${found} is; ${fate}`
    findings.violate(what, about)
  } else if (record.order.digest !== digest) {
    const what = `${orderId} at ${placeText(place)} says something else than its ledger`
    findings.violate(what, about)
  }
}

/** Who was acknowledged at which place. */
class PlaceOwners {
  readonly #log: LogIndex
  /** By the index of the record; a list of two million places is cheaper than a map. */
  readonly #onLog: (string | undefined)[] = []
  readonly #elsewhere = new Map<string, string>()

  constructor(log: LogIndex) {
    this.#log = log
    this.#onLog.length = log.records.length
  }

  /** Enters an owner and returns the one before, if any. */
  claim(place: Place, orderId: string): string | null {
    const index = this.#log.indexAt(place)
    if (index < 0) {
      const key = `${place.partition}/${place.offset}`
      const before = this.#elsewhere.get(key) ?? null
      this.#elsewhere.set(key, orderId)
      return before
    }
    const before = this.#onLog[index] ?? null
    this.#onLog[index] = orderId
    return before
  }
}
