import { Redis } from 'ioredis'

export type RedisClient = Redis

const COMMAND_TIMEOUT_MS = 2_000
const CONNECT_TIMEOUT_MS = 3_000
const RECONNECT_MAX_MS = 1_000
const CLOSE_TIMEOUT_MS = 1_000

/** A Redis connection, and how to end it. */
export interface RedisConnection {
  redis: RedisClient
  close(): Promise<void>
}

/**
 * Opens a connection that mends itself. A command fails after 2 s or one lost connection, and may
 * still take effect later: so every write has to be safe to repeat (see `order-store.ts`).
 */
export function openRedis(url: string): RedisConnection {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    // In-flight commands are sent again; without this their promises would hang (ioredis #2193).
    autoResendUnfulfilledCommands: true,
    enableAutoPipelining: false,
    retryStrategy: (times) => Math.min(times * 100, RECONNECT_MAX_MS),
  })
  // Whoever waits for an answer sees the failure; the event only needs a listener to be harmless.
  redis.on('error', () => undefined)
  return { redis, close: () => closeRedis(redis) }
}

async function closeRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'ready') {
    const timer = setTimeout(() => redis.disconnect(), CLOSE_TIMEOUT_MS)
    await redis.quit().catch(() => undefined)
    clearTimeout(timer)
  }
  redis.disconnect()
}

/** Names a Redis address without its password. */
export function redactUrl(url: string): string {
  const address = new URL(url)
  if (address.password) address.password = '***'
  return address.href
}
