import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  kafkaAddresses,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'
import { Brokers } from '@orders/drills/brokers'
import { Program } from '@orders/drills/compare/program'
import { startDrillCluster } from '@orders/drills/drill-cluster'
import { openRedis, type RedisClient } from '@orders/platform/redis'
import { Child } from './child.ts'
import type { ServiceName } from './rows.ts'
import { profileArgs, type ProfiledService } from './service-profile.ts'

/** A real cluster of its own, and everything that is started on it. */
export interface Lab {
  settings: ClusterSettings
  brokers: Brokers
  redis: RedisClient
  /** For orders, ledgers and logs. */
  folder: string
  partitions: number
  /** So many processes of each consumer of ours. */
  members: number
  /** Whether files are to be left for somebody who wants to look at them. */
  isKept: boolean
  signal: AbortSignal
  /** Services that write a profile when they end, since somebody took them; null without `--profile`. */
  profiled: ProfiledService[] | null
  say(line: string): void
  startService(options: ServiceOptions): Program
  /** Starts a program of `bench/peers/` by its name, without the ending. */
  startPeer(label: string, program: string, env: Record<string, string>): Child
  startTool(label: string, command: string, args: string[], env: NodeJS.ProcessEnv): Child
  /** Ends at once whatever a failed run has left. */
  endAll(): Promise<void>
}

/** A service of this project, as a process of its own. */
interface ServiceOptions {
  label: string
  service: ServiceName
  args?: string[]
  env: Record<string, string>
}

/** What a lab is made for. */
export interface LabOptions {
  partitions: number
  members: number
  /** The folder stays, and is told. */
  isKept: boolean
  /** Our services write down where their CPU time goes. */
  isProfiled: boolean
  signal: AbortSignal
  say(line: string): void
}

/** Where the other clients live; a folder with a lock file of its own. */
export const PEERS_FOLDER = fileURLToPath(new URL('../peers', import.meta.url))

/** Starts a cluster, uses it, and removes it with all that was started on it. */
export async function withLab<T>(options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
  const { isKept, signal, say } = options
  const folder = mkdtempSync(join(tmpdir(), 'orders-bench-'))
  try {
    say('starting a cluster of its own')
    const { settings, stop } = await startDrillCluster(folder, () => undefined, signal)
    try {
      return await useCluster(options, settings, folder, use)
    } finally {
      await stop()
    }
  } finally {
    if (isKept) say(`kept in ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

async function useCluster<T>(
  { partitions, members, isKept, isProfiled, signal, say }: LabOptions,
  settings: ClusterSettings,
  folder: string,
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const { redis, close } = openRedis(redisUrl(settings))
  const profiled: ProfiledService[] | null = isProfiled ? [] : null
  let started: { kill(): Promise<unknown> }[] = []
  const endAll = async (): Promise<void> => {
    await Promise.all(started.map((program) => program.kill()))
    started = []
  }
  const keep = <P extends { kill(): Promise<unknown> }>(make: () => P): P => {
    signal.throwIfAborted()
    const program = make()
    started.push(program)
    return program
  }
  const startTool: Lab['startTool'] = (label, command, args, env) => {
    const logFile = join(folder, `${label}.log`)
    return keep(() => new Child({ label, command, args, env, cwd: folder, logFile }))
  }
  const lab: Lab = {
    settings,
    brokers: new Brokers(settings, signal),
    redis,
    folder,
    partitions,
    members,
    isKept,
    signal,
    profiled,
    say,
    startService: ({ label, service, args = [], env: own }) => {
      const path = `${service}/src/main.ts`
      const env = { ...serviceAddresses(settings), LOG_FORMAT: 'json', ...own }
      const profiles = join(folder, 'profiles', label)
      const nodeArgs = profiled === null ? [] : profileArgs(profiles)
      const before = profiled?.filter(({ who }) => who.startsWith(service)).length ?? 0
      profiled?.push({ who: before === 0 ? service : `${service} ${before + 1}`, folder: profiles })
      return keep(() => new Program({ label, path, args, nodeArgs, env, folder }))
    },
    startPeer: (label, program, own) => {
      const env = { PATH: process.env['PATH'], ...peerAddresses(settings), ...own }
      // They make the same orders, from the same sources, as the producer does.
      const args = [
        '--import',
        import.meta.resolve('tsx/esm'),
        join(PEERS_FOLDER, `${program}.mjs`),
      ]
      return startTool(label, process.execPath, args, env)
    },
    startTool,
    endAll,
  }
  try {
    return await use(lab)
  } finally {
    say('stopping what was started')
    await endAll()
    await close()
  }
}

function serviceAddresses(settings: ClusterSettings): Record<string, string> {
  return {
    KAFKA_BROKERS: kafkaAddresses(settings).join(','),
    SCHEMA_REGISTRY_URL: registryUrl(settings),
    REDIS_URL: redisUrl(settings),
  }
}

function peerAddresses(settings: ClusterSettings): Record<string, string> {
  return {
    BROKERS: kafkaAddresses(settings).join(','),
    REDIS_URL: redisUrl(settings),
    ORDER_SCHEMA: fileURLToPath(import.meta.resolve('@orders/schemas/order.avsc')),
  }
}
