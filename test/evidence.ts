import { readLedger } from '@orders/platform/ledger'
import type { ConsumerName, StoredPosition } from '@orders/platform/order-store'
import { readTraces } from '@orders/referee/trace-file'
import { expect } from 'vitest'
import { askKafka, readPositions, type Bench } from './bench.ts'
import { findCommitViolations, readCommits } from './commit-history.ts'
import { dumpOrders } from './topic-dump.ts'
import { until } from './until.ts'
import {
  findViolations,
  type AcknowledgedOrder,
  type ConsumerEvidence,
  type Evidence,
  type TriedOrder,
} from './verdict.ts'

const BOTH: ConsumerName[] = ['auto', 'batch']
const DRAIN_LIMIT_MS = 90_000
const HASHES_PER_ROUND = 1_000
const SHOWN_MAX = 20

/**
 * Waits until the consumers have taken in all that is on the log, gathers everything that is known
 * of the run, and fails with every broken promise. Gives the evidence for what a test wants besides.
 */
export async function expectKept(
  bench: Bench,
  names: ConsumerName[] = BOTH,
  traceFileOf: (name: ConsumerName) => string | null = () => null,
): Promise<Evidence> {
  for (const name of names) await untilDrained(bench, name)
  const evidence = await gather(bench, names)
  const commits = await Promise.all(
    names.map(async (name) => {
      const file = traceFileOf(name)
      const traces = file === null ? [] : await readTraces([file])
      return findCommitViolations(name, await readCommits(bench, name), traces)
    }),
  )
  const violations = [...findViolations(evidence), ...commits.flat()]
  expect(violations.slice(0, SHOWN_MAX), `${violations.length} broken promises`).toEqual([])
  return evidence
}

/** Waits until a consumer has stored all that is on the log, and auto has committed it too. */
export async function untilDrained(bench: Bench, name: ConsumerName): Promise<void> {
  await until(
    `consumer-${name} is at the end of the log`,
    async () => {
      const ends = await readEnds(bench)
      const positions = await readPositions(bench, name)
      const stored = [...ends].every(([at, end]) => (positions[at]?.next ?? 0n) === end)
      if (!stored || name === 'batch') return stored
      const committed = await readCommitted(bench, name)
      return [...ends].every(([at, end]) => (committed.get(at) ?? 0n) === end)
    },
    DRAIN_LIMIT_MS,
  )
}

/** The end of each partition of the orders. */
export async function readEnds(bench: Bench): Promise<Map<number, bigint>> {
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(bench.topic))
  return new Map(ranges.map(({ partition, high }) => [partition, high]))
}

/** What a group has committed, by partition. */
export function readCommitted(bench: Bench, name: ConsumerName): Promise<Map<number, bigint>> {
  return askKafka(bench, (admin) => admin.fetchCommitted(bench.groupOf(name), bench.topic))
}

/** What the ledger says was tried and acknowledged, in its order. */
export async function readAccount(
  bench: Bench,
): Promise<{ tried: TriedOrder[]; acknowledged: AcknowledgedOrder[] }> {
  const tried: TriedOrder[] = []
  const acknowledged: AcknowledgedOrder[] = []
  for await (const entry of readLedger(bench.ledgerFile)) {
    if (entry.kind === 'tried') {
      const { orderId, customerId } = entry.order
      tried.push({ orderId, customerId })
    } else if (entry.kind === 'acknowledged') {
      const { orderId, partition, offset } = entry
      acknowledged.push({ orderId, partition, offset: BigInt(offset) })
    }
  }
  return { tried, acknowledged }
}

/** How many orders a consumer was given more than once, over all partitions. */
export async function sumDeliveredAgain(bench: Bench, name: ConsumerName): Promise<number> {
  return sum(await readPositions(bench, name), ({ deliveredAgain }) => deliveredAgain)
}

/** How many orders a consumer has stored, over all partitions. */
export async function sumStored(bench: Bench, name: ConsumerName): Promise<number> {
  return sum(await readPositions(bench, name), ({ stored }) => stored)
}

function sum(positions: StoredPosition[], pick: (position: StoredPosition) => number): number {
  return positions.reduce((total, position) => total + pick(position), 0)
}

async function gather(bench: Bench, names: ConsumerName[]): Promise<Evidence> {
  const consumers: ConsumerEvidence[] = []
  for (const name of names) consumers.push(await gatherConsumer(bench, name))
  const ends = await readEnds(bench)
  return { ...(await readAccount(bench)), log: await dumpOrders(bench), ends, consumers }
}

async function gatherConsumer(bench: Bench, name: ConsumerName): Promise<ConsumerEvidence> {
  // Kafka first: what is committed before must be stored afterwards.
  const committed = await readCommitted(bench, name)
  const positions = await readPositions(bench, name)
  return {
    name,
    committed,
    positions: new Map(positions.map((position, partition) => [partition, position])),
    stored: await readHashes(bench, name),
  }
}

async function readHashes(bench: Bench, name: ConsumerName) {
  const stored = new Map<string, Record<string, string>>()
  const match = `${bench.topic}:${name}:*`
  for await (const batch of bench.redis.scanStream({ match, count: HASHES_PER_ROUND })) {
    const keys = batch as string[]
    const hashes = await Promise.all(keys.map((key) => bench.redis.hgetall(key)))
    keys.forEach((key, at) => stored.set(key.split(':').at(-1) ?? '', hashes[at] ?? {}))
  }
  return stored
}
