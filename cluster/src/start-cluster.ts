import { ensureArtifacts } from './artifacts.ts'
import { bringUp, type StartRun } from './bring-up.ts'
import { prepareFolders } from './folder-check.ts'
import { findJava } from './java.ts'
import { withLock } from './lock.ts'
import { listParts, type Part } from './parts.ts'
import { readPartProcess, removePidFile } from './pid-file.ts'
import { refuseTakenPorts } from './port-check.ts'
import type { Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'
import { stopInOrder } from './stop-parts.ts'

/** What a start did. */
export interface StartOutcome {
  /** The parts that were started; empty when all ran already. */
  started: string[]
}

/**
 * Starts what does not run and resolves once the whole cluster can be used. Parts that run are left
 * alone. When anything fails, what this call has started is stopped again.
 */
export async function startCluster(
  settings: ClusterSettings,
  report: Report,
  { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
): Promise<StartOutcome> {
  const run: StartRun = { settings, report, signal, programs: null, started: [] }
  if (listMissing(settings).length === 0) {
    await bringUp(run)
    return { started: run.started }
  }
  const java = findJava(settings)
  prepareFolders(settings)
  return withLock(settings, async () => {
    const missing = listMissing(settings)
    forgetDead(settings, missing, report)
    await refuseTakenPorts(missing)
    const artifacts = await ensureArtifacts(settings, report, signal)
    return startMissing({ ...run, programs: { java, artifacts } })
  })
}

function listMissing(settings: ClusterSettings): Part[] {
  return listParts(settings).filter(
    ({ name }) => readPartProcess(settings, name).state !== 'running',
  )
}

function forgetDead(settings: ClusterSettings, missing: Part[], report: Report): void {
  for (const { name } of missing) {
    const process = readPartProcess(settings, name)
    if (process.state !== 'dead') continue
    removePidFile(settings, name)
    report.warn(`stale pid file of ${name} (${process.why}): removed`)
  }
}

async function startMissing(run: StartRun): Promise<StartOutcome> {
  const { settings, report, started } = run
  try {
    await bringUp(run)
    return {
      started: listParts(settings).flatMap(({ name }) => (started.includes(name) ? name : [])),
    }
  } catch (error) {
    if (started.length > 0) report.info(`stopping what was started: ${started.join(', ')}`)
    const parts = listParts(settings).filter(({ name }) => started.includes(name))
    await stopInOrder(settings, parts, report)
    throw error
  }
}
