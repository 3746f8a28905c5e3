import { join } from 'node:path'
import { readPartProcess } from '@orders/cluster/pid-file'
import type { ClusterSettings } from '@orders/cluster/settings'
import { dataFolder } from '@orders/cluster/state-folder'
import type { Arena } from '../drill.ts'
import { until } from '../until.ts'

const GONE_LIMIT_MS = 10_000
const REWRITE_LIMIT_MS = 30_000

/** Ends Redis at once, and waits until it is gone. */
export async function killRedis({ settings, signal }: Arena): Promise<void> {
  process.kill(pidOf(settings), 'SIGKILL')
  await until({ what: 'Redis is gone', limitMs: GONE_LIMIT_MS, signal }, () => {
    return readPartProcess(settings, 'redis').state !== 'running'
  })
}

/** Stops Redis without ending it; the returned function lets it go on. */
export function freezeRedis({ settings }: Arena): () => void {
  const pid = pidOf(settings)
  process.kill(pid, 'SIGSTOP')
  return () => void process.kill(pid, 'SIGCONT')
}

/**
 * Writes the append-only file anew as commands and nothing else: only such a one can be cut between
 * two steps. Redis itself begins it with a snapshot once it has grown.
 */
export async function writeAsCommands({ redis, signal }: Arena): Promise<void> {
  await redis.config('SET', 'aof-use-rdb-preamble', 'no')
  await redis.bgrewriteaof()
  const what = 'the append-only file is written anew'
  await until({ what, limitMs: REWRITE_LIMIT_MS, signal }, async () => {
    const info = await redis.info('persistence')
    return /aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info)
  })
}

/** Where Redis keeps its append-only file. */
export function redisFolder(settings: ClusterSettings): string {
  return join(dataFolder(settings), 'redis')
}

/**
 * How often Redis has refused with this error since its start. Up to Redis 6 what a script is
 * refused counts as any other error.
 */
export async function countErrors({ redis }: Arena, code: string): Promise<number> {
  const info = await redis.info('errorstats')
  const counts = [...info.matchAll(new RegExp(`errorstat_(?:${code}|ERR):count=(\\d+)`, 'g'))]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

function pidOf(settings: ClusterSettings): number {
  const found = readPartProcess(settings, 'redis')
  if (found.state !== 'running') throw new Error('Redis does not run')
  return found.pid
}
