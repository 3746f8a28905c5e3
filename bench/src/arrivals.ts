import type { RedisClient } from '@orders/platform/redis'
import { fineClock } from './fine-clock.ts'
import type { Passage } from './latency.ts'

/** Which keys are orders, and of which kind. */
export interface OrderKeys {
  /** Up to the colon before the id. */
  prefix: string
  /** A hash with a field `placedAt`; else a string of JSON with such a field. */
  isHash: boolean
}

/** What is known about orders that have come into Redis. */
export interface Arrivals {
  /** How many have come. */
  count(): number
  /** Asks Redis when each of them was made; for after the run. */
  passages(): Promise<Passage[]>
  close(): Promise<void>
}

/** Messages by key (`K`) about commands on hashes (`h`) and strings (`$`). */
const EVENTS = 'Kh$'
const NO_EVENTS = ''
const CHANNEL = '__keyspace@0__:'
/** What makes an order; what else is done to its key later is a repeat. */
const MAKING = ['hset', 'set']
const KEYS_PER_ROUND = 1_000

/**
 * Lets Redis tell of each order as it writes it, and notes the time. One message an order for every
 * row, whatever its write is made of: what a row keeps beside its orders has other keys.
 */
export async function watchArrivals(redis: RedisClient, orders: OrderKeys): Promise<Arrivals> {
  const arrivedAtMs = new Map<string, number>()
  const now = fineClock()
  const subscriber = redis.duplicate()
  subscriber.on('pmessage', (_pattern: string, channel: string, command: string) => {
    const key = arrivedKey(channel, command)
    if (key !== null && !arrivedAtMs.has(key)) arrivedAtMs.set(key, now())
  })
  await redis.config('SET', 'notify-keyspace-events', EVENTS)
  await subscriber.psubscribe(`${CHANNEL}${orders.prefix}:*`)
  return {
    count: () => arrivedAtMs.size,
    async passages() {
      const madeAtMs = await readMadeAt(redis, orders, [...arrivedAtMs.keys()])
      return [...arrivedAtMs].flatMap(([key, storedAtMs]) => {
        const made = madeAtMs.get(key)
        return made === undefined ? [] : { key, madeAtMs: made, storedAtMs }
      })
    },
    async close() {
      subscriber.disconnect()
      // A Redis that is gone tells nobody anything either.
      await redis.config('SET', 'notify-keyspace-events', NO_EVENTS).catch(() => undefined)
    },
  }
}

/** The key that a message of Redis is about; null when no order was made. */
export function arrivedKey(channel: string, command: string): string | null {
  if (!channel.startsWith(CHANNEL) || !MAKING.includes(command)) return null
  return channel.slice(CHANNEL.length)
}

/** Reads when an order was made, in ms since 1970, from what Redis keeps of it. */
export function madeAtOf(kept: string | null, isHash: boolean): number | null {
  const time = isHash ? Date.parse(kept ?? '') : placedAtOf(kept)
  return typeof time === 'number' && Number.isFinite(time) ? time : null
}

async function readMadeAt(
  redis: RedisClient,
  { isHash }: OrderKeys,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (let from = 0; from < keys.length; from += KEYS_PER_ROUND) {
    const some = keys.slice(from, from + KEYS_PER_ROUND)
    const kept = await Promise.all(
      some.map((key) => (isHash ? redis.hget(key, 'placedAt') : redis.get(key))),
    )
    for (const [at, key] of some.entries()) {
      const madeAtMs = madeAtOf(kept[at] ?? null, isHash)
      if (madeAtMs !== null) found.set(key, madeAtMs)
    }
  }
  return found
}

function placedAtOf(json: string | null): unknown {
  try {
    return (Object(JSON.parse(json ?? 'null')) as Record<string, unknown>)['placedAt']
  } catch {
    return null
  }
}
