import type {
  Circumstances,
  DeadLetter,
  Evidence,
  LedgerOrder,
  LogRecord,
  OrderContent,
} from './evidence.ts'
import { runGroup } from './group.samples.ts'

/** What a made-up run is like. Chances are between 0 and 1. */
export interface RunOptions {
  seed: number
  partitions: number
  customers: number
  orders: number
  /** Of a message that is no order, before each order. */
  badChance: number
  /** Of a send that was repeated after a lost answer: on the log twice. */
  repeatChance: number
  /** Of an order without an answer, which may be on the log. */
  unknownChance: number
  /** Of an order that the broker would not have. */
  refusedChance: number
  /** Of a process that dies at a point where it may die. */
  killChance: number
  /** Of a change of the group before a delivery. */
  rebalanceChance: number
  /** A worker for each partition, instead of one for all. */
  hasWorkerForEach: boolean
}

/** A run in which nothing goes wrong. */
export const healthyRun: RunOptions = {
  seed: 1,
  partitions: 3,
  customers: 5,
  orders: 60,
  badChance: 0,
  repeatChance: 0,
  unknownChance: 0,
  refusedChance: 0,
  killChance: 0,
  rebalanceChance: 0,
  hasWorkerForEach: false,
}

/** Circumstances of which nothing is known. */
export const atTheEnd: Circumstances = {
  isRunning: false,
  redisLost: false,
  isHealthy: false,
  movedGroups: [],
  fenceWatch: null,
  liveness: null,
}

/** A run as it should be, with all the evidence that it leaves behind. */
export function sampleRun(change: Partial<RunOptions> = {}): Evidence {
  const options = { ...healthyRun, ...change }
  const chance = createChance(options.seed)
  const { orders, records } = produce(options, chance)
  const ranges = new Map<number, { low: number; end: number }>()
  for (let partition = 0; partition < options.partitions; partition += 1) {
    const end = records.filter((record) => record.partition === partition).length
    ranges.set(partition, { low: 0, end })
  }
  return {
    topic: 'orders',
    dlqTopic: 'orders.dlq',
    ledger: { files: ['ledger.jsonl'], orders, unreadable: [] },
    log: { records, ranges },
    deadLetters: records.filter(({ bad }) => bad !== null).map(toDeadLetter),
    consumers: [
      runGroup({ name: 'auto', commitEvery: 1, records, options, chance }),
      runGroup({ name: 'batch', commitEvery: 10, records, options, chance }),
    ],
    circumstances: atTheEnd,
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function createChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function produce(options: RunOptions, chance: () => number) {
  const orders = new Map<string, LedgerOrder>()
  const logs: LogRecord[][] = Array.from({ length: options.partitions }, () => [])
  const append = (partition: number, order: OrderContent | null): number => {
    const offset = logs[partition]?.length ?? 0
    logs[partition]?.push(toRecord(partition, offset, order))
    return offset
  }
  for (let turn = 0; turn < options.orders; turn += 1) {
    const customer = Math.floor(chance() * options.customers)
    const partition = customer % options.partitions
    if (chance() < options.badChance) append(partition, null)
    const content = toContent(turn, customer)
    const order = { ...content, file: 0, turn, ...noAnswer }
    if (chance() < options.refusedChance) order.isRefused = true
    else if (chance() < options.unknownChance) {
      order.isUnknown = chance() < 0.5
      if (chance() < 0.5) append(partition, content)
    } else {
      if (chance() < options.repeatChance) append(partition, content)
      order.acknowledged = [{ partition, offset: append(partition, content) }]
    }
    orders.set(content.orderId, order)
  }
  return { orders, records: logs.flat() }
}

const noAnswer: Pick<LedgerOrder, 'acknowledged' | 'isRefused' | 'isUnknown'> = {
  acknowledged: [],
  isRefused: false,
  isUnknown: false,
}

function toContent(turn: number, customer: number): OrderContent {
  const orderId = `order-${turn}`
  return {
    orderId,
    customerId: `customer-${customer}`,
    totalCents: 100 + turn,
    digest: `content of ${orderId}`,
  }
}

function toRecord(partition: number, offset: number, order: OrderContent | null): LogRecord {
  const text = order ? order.orderId : `bad ${partition}/${offset}`
  return {
    partition,
    offset,
    order,
    bad: order ? null : 'not-avro',
    keyDigest: `key of ${text}`,
    valueDigest: `value of ${text}`,
  }
}

function toDeadLetter({ partition, offset, keyDigest, valueDigest }: LogRecord): DeadLetter {
  return {
    partition,
    offset,
    source: { topic: 'orders', partition, offset },
    keyDigest,
    valueDigest,
    missingHeaders: [],
    reason: 'not-avro',
  }
}
