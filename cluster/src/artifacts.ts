import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClusterError } from './cluster-error.ts'
import { runMaven } from './maven.ts'
import { readCommandLine } from './process-table.ts'
import type { Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'

/** The folders that hold the fetched programs. */
export interface Artifacts {
  kafkaFolder: string
  registryFolder: string
  redisFolder: string
}

const POM = fileURLToPath(new URL('../pom.xml', import.meta.url))
const HASH_LENGTH = 12

/** Names the fetched programs, or says null when they still have to be fetched. */
export function findArtifacts(settings: ClusterSettings): Artifacts | null {
  const folder = versionFolder(settings)
  return existsSync(folder) ? nameFolders(folder) : null
}

/**
 * Fetches the programs once; without a network ever after. The folder has its name from the hash
 * of pom.xml and appears in one step, so what is there is whole and of the right versions.
 */
export async function ensureArtifacts(
  settings: ClusterSettings,
  report: Report,
  signal?: AbortSignal,
): Promise<Artifacts> {
  const folder = versionFolder(settings)
  if (existsSync(folder)) return nameFolders(folder)
  const partial = `${folder}.partial-${process.pid}`
  try {
    mkdirSync(settings.artifactsDirectory, { recursive: true })
    removeAbandoned(settings.artifactsDirectory)
    await runMaven({ settings, pom: POM, target: partial, report, signal })
    makeRunnable(nameFolders(partial).redisFolder)
    publish(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return nameFolders(folder)
}

function versionFolder(settings: ClusterSettings): string {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, HASH_LENGTH)
  return join(settings.artifactsDirectory, hash)
}

function nameFolders(folder: string): Artifacts {
  return {
    kafkaFolder: join(folder, 'kafka'),
    registryFolder: join(folder, 'registry'),
    redisFolder: join(folder, 'redis'),
  }
}

// Another cluster that shares the folder may have been faster: then its copy is as good as ours.
function publish(partial: string, folder: string): void {
  try {
    renameSync(partial, folder)
  } catch (error) {
    if (!existsSync(folder)) throw new ClusterError(`cannot keep ${folder}: ${String(error)}`)
  }
}

function removeAbandoned(directory: string): void {
  const abandoned = readdirSync(directory).filter((name) => {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1]
    return pid !== undefined && readCommandLine(Number(pid)) === null
  })
  for (const name of abandoned) rmSync(join(directory, name), { recursive: true, force: true })
}

function makeRunnable(folder: string): void {
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o755)
}
