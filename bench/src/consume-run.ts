import { setTimeout as sleep } from 'node:timers/promises'
import { readPosition, type ConsumerName } from '@orders/platform/order-store'
import type { OrderKeys } from './arrivals.ts'
import {
  peerPrefix,
  startOurConsumer,
  startPeerConsumer,
  type Reading,
  type RunningClient,
} from './clients.ts'
import { commitRuleOf, findBrokenRule } from './commit-rule.ts'
import { emptyRedis } from './empty-redis.ts'
import type { Lab } from './lab.ts'
import type { RunPlan } from './produce-run.ts'
import type { Measure } from './result.ts'
import type { ConsumeMode, Row } from './rows.ts'
import { storedWindow, type StoredSample } from './stored-window.ts'
import { countCommits, countCommitted } from './topics.ts'
import { usageBetween } from './usage.ts'
import { sampleDuring } from './usage-sampler.ts'

const RUN_LIMIT_MS = 15 * 60_000
const POLL_MS = 20
const KEYS_PER_ROUND = 1_000
const MS_PER_SECOND = 1_000

/** Lets a consumer take the orders of a topic to an empty Redis, and counts what it has kept. */
export async function measureConsuming(
  lab: Lab,
  { label, row, orders }: RunPlan,
  topic: string,
): Promise<Measure> {
  const mode = modeOf(row)
  const before = await countCommits(lab)
  await emptyRedis(lab)
  const reading = { topic, orders, groupId: label }
  const clients = Array.from({ length: lab.members }, (_, member) =>
    startConsumer(lab, row, mode, { ...reading, label: `${label}-${member + 1}` }),
  )
  const pids = clients.map(({ pid }) => pid)
  const { result, samples, memoryMb } = await sampleDuring(lab.settings, pids, () =>
    watchStored(lab, row, topic, orders, clients),
  )
  const accounts = await Promise.all(clients.map((client) => client.finish()))
  await checkKept(lab, { row, mode, topic, orders, groupId: label, before })
  const window = storedWindow(result, orders)
  if (window === null)
    throw new Error(`all ${orders} orders came between two looks: more are needed`)
  return {
    window: { fromMs: window.fromMs, toMs: window.toMs },
    orders: window.orders,
    seconds: (window.toMs - window.fromMs) / MS_PER_SECOND,
    cpu: usageBetween(samples, window),
    memoryMb,
    latency: null,
    said: accounts[0]?.said ?? null,
  }
}

/** Starts the consumer of a row. */
export function startConsumer(
  lab: Lab,
  { name, program }: Row,
  mode: ConsumeMode,
  reading: Reading,
): RunningClient {
  if (program.kind === 'client') return startPeerConsumer(lab, program.client, mode, reading)
  if (program.kind !== 'service') throw new Error(`${name} is no consumer`)
  return startOurConsumer(lab, program.service, program.env, reading)
}

/** What a consumer is held to. */
export interface Kept {
  row: Row
  mode: ConsumeMode
  topic: string
  orders: number
  groupId: string
  /** Records about commits before it began. */
  before: number
}

/** Throws when an order is not in Redis, or the commits are not those that were promised. */
export async function checkKept(lab: Lab, kept: Kept): Promise<void> {
  const { row, topic, orders } = kept
  const found = await countKeys(lab, `${orderKeysOf(row, topic).prefix}:*`)
  if (found !== orders) throw new Error(`${found} of ${orders} orders are in Redis`)
  await checkCommits(lab, kept)
}

/** Throws when the brokers do not know the commits that were promised. */
export async function checkCommits(lab: Lab, kept: Omit<Kept, 'row'>): Promise<void> {
  const { mode, topic, orders, groupId, before } = kept
  const commits = (await countCommits(lab)) - before
  const committed = await countCommitted(lab, groupId, topic)
  const rule = commitRuleOf(mode, orders, lab)
  const broken = findBrokenRule({ committed, commits }, rule, orders)
  if (broken !== null) throw new Error(broken)
}

/** Looks into Redis every 20 ms, until all orders are there or the client has ended. */
async function watchStored(
  lab: Lab,
  row: Row,
  topic: string,
  orders: number,
  clients: readonly RunningClient[],
): Promise<StoredSample[]> {
  const samples: StoredSample[] = []
  const end = Date.now() + RUN_LIMIT_MS
  while (Date.now() < end) {
    const stored = await countStored(lab, row, topic, orders)
    samples.push({ atMs: Date.now(), stored })
    if (stored >= orders || clients.some((client) => client.hasEnded())) return samples
    await sleep(POLL_MS, undefined, { signal: lab.signal })
  }
  const stored = samples.at(-1)?.stored ?? 0
  throw new Error(`only ${stored} of ${orders} orders are in Redis after ${RUN_LIMIT_MS / 1_000} s`)
}

/**
 * How many orders Redis holds by the number of its keys, for every row at the same price: what is
 * done to look costs the one that is looked at. Ours keep a key for each partition beside them;
 * when all may be there, their own account says so.
 */
async function countStored(lab: Lab, row: Row, topic: string, orders: number): Promise<number> {
  const { redis, partitions } = lab
  const keys = await redis.dbsize()
  const name = consumerNameOf(row)
  if (name === null) return keys
  if (keys < orders) return Math.max(keys - partitions, 0)
  const positions = await Promise.all(
    Array.from({ length: partitions }, (_, id) => readPosition(redis, topic, name, id)),
  )
  return positions.reduce((sum, { stored }) => sum + stored, 0)
}

async function countKeys({ redis }: Lab, match: string): Promise<number> {
  const found = new Set<string>()
  for await (const keys of redis.scanStream({ match, count: KEYS_PER_ROUND })) {
    for (const key of keys as string[]) found.add(key)
  }
  return found.size
}

/** What a row has to keep; in the latency task ours are named after their services. */
export function modeOf({ task, program, comparedAs }: Row): ConsumeMode {
  if (program.kind === 'client' && program.mode !== 'produce') return program.mode
  if (task === 'latency')
    return comparedAs.startsWith('auto') ? 'auto-partition' : 'batch-partition'
  if (task === 'produce') throw new Error('a producer does not consume')
  return task
}

/** Under which keys a row keeps its orders. */
export function orderKeysOf(row: Row, topic: string): OrderKeys {
  const name = consumerNameOf(row)
  if (name === null) return { prefix: peerPrefix(topic), isHash: false }
  return { prefix: `${topic}:${name}`, isHash: true }
}

function consumerNameOf({ program }: Row): ConsumerName | null {
  if (program.kind !== 'service') return null
  return program.service === 'consumer-auto' ? 'auto' : 'batch'
}
