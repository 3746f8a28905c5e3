import type { LedgerOrder, Place } from '../evidence.ts'
import { Findings, conclude, notJudged, placeOf, placeText, type Case } from '../findings.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = "one customer's orders come in the order in which they were placed"

/** C4: turns in the ledger against first places, on the log and in Redis. */
export function checkCustomers({ evidence, log }: Case): CheckResult {
  const { ledger, consumers, circumstances } = evidence
  if (ledger.files.length === 0) return notJudged('C4', TITLE, 'no ledger was read')
  const findings = new Findings()
  const settled = inTurn([...ledger.orders.values()].filter(({ acknowledged }) => acknowledged[0]))
  // A refused order may be sent again by a later run, behind younger ones.
  const orders = settled.filter(({ isRefused }) => !isRefused)
  findings.remarkCount(settled.length - orders.length, 'orders were refused before they came')
  const customers = checkOrder(
    orders,
    'on the log',
    ({ orderId }) => log.firstOf(orderId),
    findings,
  )
  for (const { name, stored } of consumers) {
    if (circumstances.isRunning && circumstances.redisLost) continue
    checkOrder(orders, `in Redis (${name})`, ({ orderId }) => stored.get(orderId), findings)
  }
  const compared = `${orders.length} acknowledged orders of ${customers} customers, turn by turn`
  return conclude('C4', TITLE, findings, compared)
}

/** Sorted by ledger and turn; as a rule they are already. */
function inTurn(orders: LedgerOrder[]): LedgerOrder[] {
  return orders.sort((a, b) => a.file - b.file || a.turn - b.turn)
}

/** Ledgers know nothing of each other: only within one is there an order. */
function checkOrder(
  orders: LedgerOrder[],
  where: string,
  find: (order: LedgerOrder) => Place | undefined,
  findings: Findings,
): number {
  const latest = new Map<string, Place & { orderId: string }>()
  for (const order of orders) {
    const place = find(order)
    if (!place) continue
    const { orderId, customerId } = order
    const key = `${order.file} ${customerId}`
    const before = latest.get(key)
    latest.set(key, { orderId, ...placeOf(place) })
    if (!before) continue
    if (before.partition === place.partition && before.offset < place.offset) continue
    const what =
      `${orderId} of ${customerId} is ${where} at ${placeText(place)}, ` +
      `not after ${before.orderId} at ${placeText(before)}`
    findings.violate(what, { orderId, ...placeOf(place) })
  }
  return latest.size
}
