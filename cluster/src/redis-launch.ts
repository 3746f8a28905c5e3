import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifacts } from './artifacts.ts'
import { ClusterError } from './cluster-error.ts'
import type { Launch } from './launch.ts'
import { findProgram } from './search-path.ts'
import type { ClusterSettings } from './settings.ts'
import { configFolder, dataFolder } from './state-folder.ts'

const VERSION_LIMIT_MS = 5_000
const OLDEST = [6, 2] as const

/** Writes the settings file of Redis and says how to start it. */
export function redisLaunch(settings: ClusterSettings, artifacts: Artifacts): Launch {
  const folder = join(dataFolder(settings), 'redis')
  mkdirSync(folder, { recursive: true })
  const { command, major } = findRedis(settings, artifacts)
  if (major < 7 && existsSync(join(folder, 'appendonlydir'))) {
    throw new ClusterError(
      `the data in ${folder} is from Redis 7 or newer, and only Redis ${major} is here: ` +
        'put that newer redis-server on PATH, or drop the data with `npm run cluster:down -- --wipe`',
    )
  }
  const file = join(configFolder(settings), 'redis.conf')
  writeFileSync(file, renderRedisConfig(settings.redisPort, folder))
  return { command, args: [file], env: settings.partEnvironment }
}

/** Reads major and minor from what `redis-server --version` writes, or says null. */
export function parseRedisVersion(text: string): [number, number] | null {
  const [, major, minor] = /\b(?:Redis|Valkey) server v=(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined ? null : [Number(major), Number(minor)]
}

/** Names the binary among the fetched ones that fits a machine, or says null. */
export function chooseRedisBinary(files: string[], platform: string, arch: string): string | null {
  const names: Record<string, string> = { x64: 'amd64', arm64: 'arm64', ia32: '386' }
  return files.find((file) => file.endsWith(`-${platform}-${names[arch]}`)) ?? null
}

function findRedis({ searchPath }: ClusterSettings, { redisFolder }: Artifacts) {
  const installed = findProgram('redis-server', searchPath)
  const version = installed === null ? null : askVersion(installed)
  if (installed !== null && version !== null && isRecent(version)) {
    return { command: installed, major: version[0] }
  }
  const file = chooseRedisBinary(readdirSync(redisFolder), process.platform, process.arch)
  if (file !== null) return { command: join(redisFolder, file), major: OLDEST[0] }
  throw new ClusterError(
    `there is no Redis to fetch for ${process.platform} on ${process.arch}: ` +
      `install redis-server ${OLDEST.join('.')} or newer, so that it is on PATH`,
  )
}

function askVersion(command: string): [number, number] | null {
  const { stdout } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    timeout: VERSION_LIMIT_MS,
  })
  return parseRedisVersion(stdout ?? '')
}

function isRecent([major, minor]: [number, number]): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

function renderRedisConfig(port: number, folder: string): string {
  return `# Written at every start: changes here are lost.
bind 127.0.0.1
port ${port}
dir "${folder}"
daemonize no
# Redis would put its address in place of its command line, which tells whose process it is.
set-proc-title no
appendonly yes
appendfsync everysec
# The append-only file is enough; snapshots beside it would only cost disk.
save ""
# A full Redis refuses to write. Anything else would drop orders behind everyone's back.
maxmemory-policy noeviction
`
}
