import { describeError } from '@orders/platform/user-error'
import { Redis } from 'ioredis'
import { CouldNotJudge } from './could-not-judge.ts'
import type { StoredOrder, StoredPosition } from './evidence.ts'
import { contentOf, sharedText } from './order-digest.ts'

/** What Redis is asked: everything about one consumer of one topic. */
export interface ConsumerKeys {
  topic: string
  name: string
}

type Hash = Record<string, string>

const ROUND = 1_000
const CONNECT_LIMIT_MS = 5_000
const COMMAND_LIMIT_MS = 10_000
const TRIES = 5
const RETRY_EVERY_MS = 500
/** What stands for a number that a hash does not have: no order has it. */
const MISSING = -1

/** Opens a connection of the referee's own; a call that goes wrong rejects and does not wait. */
export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_LIMIT_MS,
    commandTimeout: COMMAND_LIMIT_MS,
    maxRetriesPerRequest: TRIES,
    retryStrategy: () => RETRY_EVERY_MS,
  })
  // Whoever asks hears of it; the event only needs somebody who listens.
  redis.on('error', () => undefined)
  return redis
}

/** Opens Redis for a reading and closes it afterwards; where it is away, nothing can be judged. */
export async function withRedis<T>(url: string, read: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = connectRedis(url)
  try {
    return await read(redis)
  } catch (error) {
    if (error instanceof CouldNotJudge) throw error
    throw new CouldNotJudge(`Redis at ${hostOf(url)}: ${describeError(error)}`)
  } finally {
    redis.disconnect()
  }
}

/** Reads every order that a consumer has in Redis, by order id. */
export async function readStored(
  redis: Redis,
  { topic, name }: ConsumerKeys,
): Promise<Map<string, StoredOrder>> {
  const prefix = `${topic}:${name}:`
  const stored = new Map<string, StoredOrder>()
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', ROUND)
    cursor = next
    for (const [key, hash] of await readHashes(redis, keys)) {
      const orderId = sharedText(key.slice(prefix.length))
      stored.set(orderId, storedOrder(orderId, hash))
    }
  } while (cursor !== '0')
  return stored
}

/** Reads how far a consumer is in each partition, by its own account. */
export async function readPositions(
  redis: Redis,
  { topic, name }: ConsumerKeys,
  partitions: Iterable<number>,
): Promise<Map<number, StoredPosition>> {
  const positions = new Map<number, StoredPosition>()
  for (const partition of partitions) {
    const hash = await redis.hgetall(`positions:${topic}:${name}:${partition}`)
    if (hash['next'] !== undefined) positions.set(partition, storedPosition(hash))
  }
  return positions
}

/** Reads how far a consumer is in one partition; null when it has never written. */
export async function readNext(
  redis: Redis,
  { topic, name }: ConsumerKeys,
  partition: number,
): Promise<number | null> {
  const next = await redis.hget(`positions:${topic}:${name}:${partition}`, 'next')
  return next === null ? null : Number(next)
}

/** Names a Redis without its password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

async function readHashes(redis: Redis, keys: string[]): Promise<[string, Hash][]> {
  if (keys.length === 0) return []
  const pipeline = redis.pipeline()
  for (const key of keys) pipeline.hgetall(key)
  const answers = (await pipeline.exec()) ?? []
  return keys.map((key, index) => {
    const [error, hash] = answers[index] ?? [new Error('no answer'), null]
    if (error) throw new CouldNotJudge(`Redis, key ${key}: ${describeError(error)}`)
    return [key, hash as Hash]
  })
}

/** An order as it stands in its hash, whatever the key calls it. */
export function storedOrder(orderId: string, hash: Hash): StoredOrder {
  const fields = {
    ...hash,
    items: parseItems(hash['items'] ?? ''),
    totalCents: numberOf(hash['totalCents']),
    placedAt: Date.parse(hash['placedAt'] ?? ''),
  }
  return {
    ...contentOf(fields),
    orderId,
    partition: numberOf(hash['partition']),
    offset: numberOf(hash['offset']),
    deliveries: numberOf(hash['deliveries']),
  }
}

function storedPosition(hash: Hash): StoredPosition {
  return {
    next: numberOf(hash['next']),
    stored: numberOf(hash['stored'] ?? '0'),
    deliveredAgain: numberOf(hash['deliveredAgain'] ?? '0'),
    deadLettered: numberOf(hash['deadLettered'] ?? '0'),
  }
}

function parseItems(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function numberOf(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : MISSING
}
