import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  kafkaAddresses,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'
import { openRedis, type RedisClient } from '@orders/platform/redis'
import { Brokers } from '../brokers.ts'
import { startDrillCluster } from '../drill-cluster.ts'
import { Program, type ProgramOptions } from './program.ts'

/** A real cluster of its own, and everything that a comparison does with it. */
export interface Lab {
  settings: ClusterSettings
  brokers: Brokers
  redis: RedisClient
  /** For orders, ledgers and logs; gone at the end. */
  folder: string
  seed: number
  signal: AbortSignal
  say(line: string): void
  /** Starts a program with the addresses of this cluster. */
  start(options: Omit<ProgramOptions, 'folder'>): Program
}

/** Starts a cluster, uses it, and removes it with all that was started on it. */
export async function withLab<T>(
  { seed, signal, say }: Pick<Lab, 'seed' | 'signal' | 'say'>,
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'orders-compare-'))
  try {
    say('starting a cluster of its own')
    const { settings, stop } = await startDrillCluster(folder, () => undefined, signal)
    try {
      return await useCluster({ settings, folder, seed, signal, say }, use)
    } finally {
      await stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function useCluster<T>(
  place: Omit<Lab, 'brokers' | 'redis' | 'start'>,
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const { settings, folder, say } = place
  // One way that fails ends the waits of those beside it, and nothing is started any more.
  const over = new AbortController()
  const signal = AbortSignal.any([place.signal, over.signal])
  const { redis, close } = openRedis(redisUrl(settings))
  const brokers = new Brokers(settings, signal)
  const programs: Program[] = []
  const start = ({ env, ...rest }: Omit<ProgramOptions, 'folder'>): Program => {
    signal.throwIfAborted()
    const program = new Program({ ...rest, folder, env: { ...addresses(settings), ...env } })
    programs.push(program)
    return program
  }
  try {
    return await use({ ...place, signal, brokers, redis, start })
  } finally {
    say('stopping what was started')
    over.abort()
    brokers.thawAll()
    await Promise.all(programs.map((program) => program.kill()))
    await close()
  }
}

function addresses(settings: ClusterSettings): Record<string, string> {
  return {
    KAFKA_BROKERS: kafkaAddresses(settings).join(','),
    SCHEMA_REGISTRY_URL: registryUrl(settings),
    REDIS_URL: redisUrl(settings),
  }
}

/** Reads the lines of a file; none where it is not there yet. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
