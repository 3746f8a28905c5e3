import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { prepareFolders } from './folder-check.ts'
import { withLock } from './lock.ts'
import { listParts } from './parts.ts'
import { silentReport, type Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'
import { stopInOrder, type StopOutcome } from './stop-parts.ts'

/** Stops what runs; with `wipe` its data and logs go too, everything but the fetched programs. */
export async function stopCluster(
  settings: ClusterSettings,
  { wipe = false, report = silentReport }: { wipe?: boolean; report?: Report } = {},
): Promise<StopOutcome> {
  if (!existsSync(settings.directory)) return { stopped: [], killed: [] }
  prepareFolders(settings)
  const outcome = await withLock(settings, () => stopInOrder(settings, listParts(settings), report))
  if (wipe) wipeFolder(settings, report)
  return outcome
}

function wipeFolder({ directory, artifactsDirectory }: ClusterSettings, report: Report): void {
  for (const name of readdirSync(directory)) {
    const entry = join(directory, name)
    if (holds(entry, artifactsDirectory)) continue
    rmSync(entry, { recursive: true, force: true })
  }
  report.info(`everything in ${directory} is gone, except the fetched programs`)
}

function holds(folder: string, inner: string): boolean {
  return `${resolve(inner)}/`.startsWith(`${resolve(folder)}/`)
}
