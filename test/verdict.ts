import type { ConsumerName, StoredPosition } from '@orders/platform/order-store'

/** An order that the ledger says was tried, in the order of the ledger. */
export interface TriedOrder {
  orderId: string
  customerId: string
}

/** An order that the ledger calls acknowledged, and where. */
export interface AcknowledgedOrder {
  orderId: string
  partition: number
  offset: bigint
}

/** One record of the topic; one that is no order has no fields of one. */
export interface LogRecord {
  partition: number
  offset: bigint
  order: { orderId: string; customerId: string; totalCents: number } | null
}

/** What one consumer has left behind. */
export interface ConsumerEvidence {
  name: ConsumerName
  /** Read from Kafka before the rest was read from Redis. */
  committed: ReadonlyMap<number, bigint>
  positions: ReadonlyMap<number, StoredPosition>
  /** The hashes in Redis by order id. */
  stored: ReadonlyMap<string, Readonly<Record<string, string>>>
}

/** All that is known at the end of a run, when nothing is on its way any more. */
export interface Evidence {
  tried: TriedOrder[]
  acknowledged: AcknowledgedOrder[]
  log: LogRecord[]
  /** The end of each partition, as the brokers tell it. */
  ends: ReadonlyMap<number, bigint>
  consumers: ConsumerEvidence[]
}

type OrderRecord = LogRecord & { order: NonNullable<LogRecord['order']> }

/** Names, a sentence each, everything in the evidence that breaks a promise. */
export function findViolations(evidence: Evidence): string[] {
  const firsts = firstAppearances(evidence.log)
  return [
    ...checkLogIsWhole(evidence),
    ...checkAcknowledged(evidence),
    ...checkCustomers(evidence, firsts),
    ...evidence.consumers.flatMap((consumer) => [
      ...checkCommitted(evidence, consumer),
      ...checkStored(firsts, consumer),
      ...checkCounters(evidence, firsts, consumer),
    ]),
  ]
}

function placeOf({ partition, offset }: { partition: number; offset: bigint }): string {
  return `${partition}/${offset}`
}

function isOrder(record: LogRecord): record is OrderRecord {
  return record.order !== null
}

function firstAppearances(log: LogRecord[]): Map<string, OrderRecord> {
  const firsts = new Map<string, OrderRecord>()
  for (const record of log.filter(isOrder)) {
    if (!firsts.has(record.order.orderId)) firsts.set(record.order.orderId, record)
  }
  return firsts
}

// A dump with a hole would hide whatever is in the hole.
function checkLogIsWhole({ log, ends }: Evidence): string[] {
  const next = new Map<number, bigint>()
  const holes = log.flatMap(({ partition, offset }) => {
    const expected = next.get(partition) ?? 0n
    next.set(partition, offset + 1n)
    return offset === expected ? [] : [`the dump has ${partition}/${offset} after ${expected - 1n}`]
  })
  const short = [...ends].flatMap(([partition, end]) => {
    const read = next.get(partition) ?? 0n
    return read === end ? [] : [`the dump of partition ${partition} ends at ${read}, not ${end}`]
  })
  return [...holes, ...short]
}

function checkAcknowledged({ tried, acknowledged, log }: Evidence): string[] {
  const onLog = new Map(log.map((record) => [placeOf(record), record.order?.orderId]))
  const known = new Set(tried.map(({ orderId }) => orderId))
  const places = new Map<string, string>()
  const settled = new Set<string>()
  return acknowledged.flatMap((entry) => {
    const { orderId } = entry
    const place = placeOf(entry)
    const found = onLog.get(place)
    const other = places.get(place)
    places.set(place, orderId)
    const twice = settled.has(orderId)
    settled.add(orderId)
    return [
      ...(found === orderId ? [] : [`${orderId} is acknowledged at ${place}: there is ${found}`]),
      ...(other === undefined ? [] : [`${orderId} and ${other} are both acknowledged at ${place}`]),
      ...(twice ? [`${orderId} is acknowledged more than once`] : []),
      ...(known.has(orderId) ? [] : [`${orderId} is acknowledged but was never tried`]),
    ]
  })
}

/** One customer's acknowledged orders come for the first time in the order of the ledger. */
function checkCustomers(
  { tried, acknowledged }: Evidence,
  firsts: Map<string, OrderRecord>,
): string[] {
  const settled = new Set(acknowledged.map(({ orderId }) => orderId))
  const latest = new Map<string, OrderRecord>()
  return tried.flatMap(({ orderId, customerId }) => {
    const first = firsts.get(orderId)
    if (!settled.has(orderId) || !first) return []
    const before = latest.get(customerId)
    latest.set(customerId, first)
    if (!before || isBefore(before, first)) return []
    return [`${orderId} of ${customerId} is at ${placeOf(first)}, not after ${placeOf(before)}`]
  })
}

function isBefore(a: LogRecord, b: LogRecord): boolean {
  return a.partition === b.partition && a.offset < b.offset
}

function checkCommitted({ log }: Evidence, consumer: ConsumerEvidence): string[] {
  const { name, committed, positions, stored } = consumer
  const ahead = [...committed].flatMap(([partition, offset]) => {
    const next = positions.get(partition)?.next ?? 0n
    return offset <= next
      ? []
      : [`${name}: partition ${partition} is committed up to ${offset}, stored up to ${next}`]
  })
  const lost = log.filter(isOrder).flatMap((record) => {
    const isCommitted = record.offset < (committed.get(record.partition) ?? 0n)
    if (!isCommitted || stored.has(record.order.orderId)) return []
    return [`${name}: ${record.order.orderId} at ${placeOf(record)} is committed but not stored`]
  })
  return [...ahead, ...lost]
}

/** Each order of the log is there as it first came, and nothing else is. */
function checkStored(
  firsts: Map<string, OrderRecord>,
  { name, stored }: ConsumerEvidence,
): string[] {
  const wrong = [...firsts.values()].flatMap(({ order, partition, offset }) => {
    const hash = stored.get(order.orderId)
    if (!hash) return [`${name}: ${order.orderId} at ${partition}/${offset} is not stored`]
    const { customerId, totalCents } = order
    const wanted = { customerId, totalCents, partition, offset }
    return Object.entries(wanted)
      .filter(([field, value]) => hash[field] !== String(value))
      .map(
        ([field, value]) => `${name}: ${order.orderId} has ${field}=${hash[field]}, not ${value}`,
      )
  })
  const extra = [...stored.keys()].filter((orderId) => !firsts.has(orderId))
  return [...wrong, ...extra.map((orderId) => `${name}: ${orderId} is stored but not on the log`)]
}

/** The counters of each partition agree with the log and with the hashes. */
function checkCounters(
  { log, ends }: Evidence,
  firsts: Map<string, OrderRecord>,
  { name, positions, stored }: ConsumerEvidence,
): string[] {
  return [...ends].flatMap(([partition, end]) => {
    const isHere = (record: LogRecord): boolean => record.partition === partition
    const here = [...firsts.values()].filter(isHere)
    const again = here.reduce((sum, { order }) => {
      return sum + Number(stored.get(order.orderId)?.['deliveries'] ?? 1) - 1
    }, 0)
    const position = positions.get(partition)
    const facts: [string, number | bigint, number | bigint][] = [
      ['next', position?.next ?? 0n, end],
      ['stored', position?.stored ?? 0, here.length],
      ['deliveredAgain', position?.deliveredAgain ?? 0, again],
    ]
    const repeats = log.filter(isOrder).filter(isHere).length - here.length
    return [
      ...facts
        .filter(([, found, wanted]) => found !== wanted)
        .map(([what, found, wanted]) => {
          return `${name}: ${what} of partition ${partition} is ${found}, not ${wanted}`
        }),
      ...(again >= repeats ? [] : [`${name}: partition ${partition} has skipped a repeat`]),
    ]
  })
}
