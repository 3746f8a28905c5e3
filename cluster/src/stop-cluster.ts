import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { withLock } from './lock.ts'
import { listParts } from './parts.ts'
import { readPartProcess } from './pid-file.ts'
import { silentReport, type Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'
import { stopInOrder, type StopOutcome } from './stop-parts.ts'

/** Stops what runs; with `wipe` its data and logs go too, everything but the fetched programs. */
export async function stopCluster(
  settings: ClusterSettings,
  { wipe = false, report = silentReport }: { wipe?: boolean; report?: Report } = {},
): Promise<StopOutcome> {
  const parts = listParts(settings)
  const known = parts.filter(({ name }) => readPartProcess(settings, name).state !== 'stopped')
  const outcome =
    known.length === 0
      ? { stopped: [], killed: [] }
      : await withLock(settings, () => stopInOrder(settings, parts, report))
  if (wipe && existsSync(settings.directory)) wipeFolder(settings, report)
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
