import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ClusterError } from './cluster-error.ts'
import type { ClusterSettings } from './settings.ts'
import { configFolder, dataFolder, logFolder, runFolder } from './state-folder.ts'

const FREE_DISK_MIN_GB = 2
const BYTES_PER_GB = 1024 ** 3

/** Makes the state folder, and refuses to go on when it cannot be written or the disk is full. */
export function prepareFolders(settings: ClusterSettings): void {
  const { directory } = settings
  try {
    for (const folder of [runFolder, logFolder, configFolder, dataFolder]) {
      makeFolder(folder(settings))
    }
    const probe = join(directory, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const why = describeFault(error)
    throw new ClusterError(
      `cannot write to ${directory}${why}: make it writable, or set CLUSTER_DIRECTORY to another`,
    )
  }
  refuseFullDisk(directory)
}

// Node's own recursive mkdir never returns where a folder cannot be made for good, as in /proc.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (!existsSync(parent)) makeFolder(parent)
  mkdirSync(folder)
}

function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code, path } = error as NodeJS.ErrnoException
  return code === undefined ? ` (${error.message})` : ` (${code}${path ? ` at ${path}` : ''})`
}

function refuseFullDisk(directory: string): void {
  const { bavail, bsize } = statfsSync(directory)
  const freeGb = (bavail * bsize) / BYTES_PER_GB
  if (freeGb >= FREE_DISK_MIN_GB) return
  throw new ClusterError(
    `only ${freeGb.toFixed(1)} GB are free for ${directory}, the cluster wants ` +
      `${FREE_DISK_MIN_GB}: make room, or set CLUSTER_DIRECTORY to another disk`,
  )
}
