import { until } from '@orders/drills/until'
import type { Lab } from './lab.ts'

const EMPTY_LIMIT_MS = 60_000
const EMPTY_POLL_MS = 50

/**
 * Takes everything out of Redis, and waits until its memory is free again. Not in one command: of a
 * million orders that takes longer than a command may, and Redis would answer nobody meanwhile.
 */
export async function emptyRedis({ redis, signal }: Pick<Lab, 'redis' | 'signal'>): Promise<void> {
  await redis.flushall('ASYNC')
  const wait = {
    what: 'Redis is empty',
    limitMs: EMPTY_LIMIT_MS,
    signal,
    everyMs: EMPTY_POLL_MS,
  }
  await until(wait, async () => pendingObjects(await redis.info('memory')) === 0)
}

/** How much Redis has still to free, out of what it says of its memory; null when it does not say. */
export function pendingObjects(info: string): number | null {
  const count = /^lazyfree_pending_objects:(\d+)\r?$/m.exec(info)?.[1]
  return count === undefined ? null : Number(count)
}
