import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listParts } from '@orders/cluster/parts'
import { isListening } from '@orders/cluster/port-check'
import { probePart } from '@orders/cluster/readiness'
import { redisUrl, type ClusterSettings } from '@orders/cluster/settings'
import { until } from '@orders/drills/until'
import { readPosition, type ConsumerName } from '@orders/platform/order-store'
import { openRedis, type RedisConnection } from '@orders/platform/redis'
import type { Milestone, StartTimes } from './start-times.ts'

/** What can be asked about a start from outside. */
export interface StartView {
  settings: ClusterSettings
  /** What the demo has printed by now. */
  output(): string
  /** What was there before it began. */
  before: StartState
}

/** What a cluster holds. */
export interface StartState {
  ledgerBytes: number
  stored: Record<ConsumerName, number>
}

/** The topic of a start that is watched. */
export const START_TOPIC = 'orders'
/** A cluster that has never been up. */
export const NOTHING_YET: StartState = { ledgerBytes: 0, stored: { auto: 0, batch: 0 } }

const POLL_MS = 20
const REACH_LIMIT_MS = 3 * 60_000
/** The topic of the demo has so many, and less is asked for where there are less. */
const PARTITIONS = 5
const ACKNOWLEDGED = '{"kind":"acknowledged"'

/** Says what a cluster that is up holds, so that what comes can be told from it. */
export async function readStartState(settings: ClusterSettings): Promise<StartState> {
  const connection = openRedis(redisUrl(settings))
  try {
    const [auto, batch] = await Promise.all(
      (['auto', 'batch'] as const).map((name) => countStored(connection, name)),
    )
    return {
      ledgerBytes: readLedger(settings).length,
      stored: { auto: auto ?? 0, batch: batch ?? 0 },
    }
  } finally {
    await connection.close()
  }
}

/** Looks every 20 ms, each step for itself, until all are reached or the signal comes. */
export async function watchStart(
  view: StartView,
  elapsedMs: () => number,
  signal: AbortSignal,
): Promise<StartTimes> {
  const redis = lateRedis(view.settings)
  const probes: Record<Milestone, () => Promise<boolean> | boolean> = {
    npm: () => /^> node /m.test(view.output()),
    brokers: async () =>
      (await Promise.all(view.settings.kafkaPorts.map(isListening))).every(Boolean),
    registry: async () => (await probePart(view.settings, registryOf(view.settings))) === null,
    cluster: () => /^demo +│ .*cluster.* is up/m.test(view.output()),
    loaded: () => hasSpoken(view.output(), 'auto') && hasSpoken(view.output(), 'batch'),
    topic: () => /^producer +│ .*schema \S+ has id/m.test(view.output()),
    joined: () => hasJoined(view.output(), 'auto') && hasJoined(view.output(), 'batch'),
    acknowledged: () => hasAcknowledged(view),
    auto: async () => (await countStored(await redis.get(), 'auto')) > view.before.stored.auto,
    batch: async () => (await countStored(await redis.get(), 'batch')) > view.before.stored.batch,
  }
  try {
    const found = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => {
        const wait = { what: name, limitMs: REACH_LIMIT_MS, signal, everyMs: POLL_MS }
        const at = await until(wait, probe).then(elapsedMs, () => null)
        return [name, at] as const
      }),
    )
    return Object.fromEntries(found) as StartTimes
  } finally {
    await redis.close()
  }
}

/** Tells whether a consumer has said anything, which it does as soon as its code is loaded. */
export function hasSpoken(output: string, consumer: ConsumerName): boolean {
  return new RegExp(`^consumer-${consumer} +│ \\S`, 'm').test(output)
}

/** Tells whether a consumer has said that it has partitions. */
export function hasJoined(output: string, consumer: ConsumerName): boolean {
  return new RegExp(`^consumer-${consumer} +│ .*joined the group: partitions \\d`, 'm').test(output)
}

function hasAcknowledged({ settings, before }: StartView): boolean {
  return readLedger(settings).includes(ACKNOWLEDGED, before.ledgerBytes)
}

function readLedger(settings: ClusterSettings): Buffer {
  try {
    return readFileSync(join(settings.directory, 'ledger', 'orders.jsonl'))
  } catch {
    return Buffer.alloc(0)
  }
}

async function countStored({ redis }: RedisConnection, name: ConsumerName): Promise<number> {
  const positions = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, id) => readPosition(redis, START_TOPIC, name, id)),
  )
  return positions.reduce((sum, { stored }) => sum + stored, 0)
}

/** Not opened before Redis listens: a client that finds nobody waits longer each time. */
function lateRedis(settings: ClusterSettings) {
  let connection: RedisConnection | null = null
  return {
    async get(): Promise<RedisConnection> {
      if (connection !== null) return connection
      if (!(await isListening(settings.redisPort))) throw new Error('Redis does not listen')
      connection ??= openRedis(redisUrl(settings))
      return connection
    },
    close: async (): Promise<void> => connection?.close(),
  }
}

function registryOf(settings: ClusterSettings) {
  const part = listParts(settings).find(({ kind }) => kind === 'registry')
  if (part === undefined) throw new Error('the cluster has no registry')
  return part
}
