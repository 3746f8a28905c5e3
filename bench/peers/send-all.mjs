import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { placeNow, readOrders } from './order-file.mjs'
import { need, readSettings } from './settings.mjs'

const MS_PER_SECOND = 1_000

/** The orders of this run, and the pace: so many a second, or 0 for as fast as it goes. */
export function readLoad() {
  const { count } = readSettings()
  return { orders: readOrders(need('ORDERS_FILE'), count), rate: Number(process.env['RATE'] || 0) }
}

/** Sends everything in sends of at most `size`, so many of them under way at once. */
export async function sendAll({ orders, rate }, { size, sendsMax, send }) {
  const underWay = new Set()
  let due = 0
  let sent = 0
  let failure = null
  const pump = () => {
    while (sent < due && underWay.size < sendsMax && failure === null) {
      const records = orders.slice(sent, Math.min(due, sent + size))
      sent += records.length
      const sending = send(records)
        .catch((error) => (failure = error))
        .finally(() => underWay.delete(sending))
      underWay.add(sending)
    }
  }
  for await (const index of pace(orders, rate)) {
    due = index
    pump()
  }
  while ((sent < due || underWay.size > 0) && failure === null) {
    await Promise.race(underWay)
    pump()
  }
  if (failure !== null) throw new Error(`a send failed: ${String(failure)}`)
}

/** Says again and again how many orders are due; each is placed when it becomes due. */
export async function* pace(orders, rate) {
  if (rate === 0) {
    yield orders.length
    return
  }
  const start = performance.now()
  for (let due = 0; due < orders.length;) {
    const wanted = Math.floor(((performance.now() - start) * rate) / MS_PER_SECOND) + 1
    for (; due < Math.min(wanted, orders.length); due += 1) placeNow(orders[due].value, Date.now())
    yield due
    const waitMs = start + (due * MS_PER_SECOND) / rate - performance.now()
    await (waitMs > 0 ? sleep(Math.max(waitMs, 1)) : nextTurn())
  }
}
