import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { orderMaker } from './made-orders.mjs'
import { need, readSettings } from './settings.mjs'

const MS_PER_SECOND = 1_000
const RECORDS_PER_SEND = 1_000
/** All may go to one partition, whose batch the brokers take up to 1 MiB. */
const BYTES_PER_SEND = 700 * 1024
/** About what an order has as customers buy. */
const PLAIN_BYTES = 300

/** So many orders of a size belong in one send: a thousand, or what a partition may be given. */
export function recordsPerSend(orderBytes) {
  const bytes = Math.max(orderBytes, PLAIN_BYTES)
  return Math.min(RECORDS_PER_SEND, Math.floor(BYTES_PER_SEND / bytes))
}

/** The orders of this run, each made when it is due: so many a second, or 0 for all at once. */
export function readLoad() {
  const { count } = readSettings()
  const [seed, schemaId, bytes] = ['SEED', 'SCHEMA_ID', 'ORDER_BYTES'].map((name) =>
    Number(need(name)),
  )
  const make = orderMaker({ seed, schemaId, bytes, runId: need('RUN_ID') })
  return new Load(count, Number(process.env['RATE'] || 0), bytes, make)
}

/** Orders that are due and not sent yet. */
class Load {
  constructor(count, rate, bytes, make) {
    this.count = count
    this.rate = rate
    this.bytes = bytes
    this.make = make
    this.taken = 0
    this.due = 0
    this.placed = []
  }

  /** Whether an order is due. */
  get hasDue() {
    return this.taken < this.due
  }

  /** Takes at most so many of those that are due. */
  take(max) {
    const records = []
    while (this.hasDue && records.length < max) {
      records.push(this.placed.shift() ?? this.make(this.taken, Date.now()))
      this.taken += 1
    }
    return records
  }

  /** Says whenever more are due; with a rate, an order is placed when it becomes due. */
  async *turns() {
    if (this.rate === 0) {
      this.due = this.count
      yield
      return
    }
    const start = performance.now()
    while (this.due < this.count) {
      const passed = performance.now() - start
      const wanted = Math.min(Math.floor((passed * this.rate) / MS_PER_SECOND) + 1, this.count)
      for (; this.due < wanted; this.due += 1) this.placed.push(this.make(this.due, Date.now()))
      yield
      const waitMs = start + (this.due * MS_PER_SECOND) / this.rate - performance.now()
      await (waitMs > 0 ? sleep(Math.max(waitMs, 1)) : nextTurn())
    }
  }
}

/** Sends everything, so many sends under way at once. */
export async function sendAll(load, { sendsMax, send }) {
  const size = recordsPerSend(load.bytes)
  const underWay = new Set()
  let failure = null
  const pump = () => {
    while (load.hasDue && underWay.size < sendsMax && failure === null) {
      const sending = send(load.take(size))
        .catch((error) => (failure = error))
        .finally(() => underWay.delete(sending))
      underWay.add(sending)
    }
  }
  for await (const _ of load.turns()) pump()
  while ((load.hasDue || underWay.size > 0) && failure === null) {
    await Promise.race(underWay)
    pump()
  }
  if (failure !== null) throw new Error(`a send failed: ${String(failure)}`)
}
