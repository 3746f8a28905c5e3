import { setTimeout as sleep } from 'node:timers/promises'
import { listParts, type Part } from './parts.ts'
import { readPartProcess, removePidFile } from './pid-file.ts'
import type { Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'
import { seconds } from './wait.ts'

/** What a stop did, by names of parts. */
export interface StopOutcome {
  stopped: string[]
  /** Those among them that did not end by themselves in time. */
  killed: string[]
}

const STOP_LIMIT_MS = { kafka: 60_000, registry: 15_000, redis: 20_000 }
/** A broker without a quorum would try for minutes to hand its partitions over to nobody. */
const STOP_ALONE_LIMIT_MS = 10_000
const QUORUM = 2
const KILL_LIMIT_MS = 10_000
const POLL_EVERY_MS = 100

/**
 * Stops the parts that run: who uses another goes first. The three brokers go together (6 s): one
 * by one the last has no quorum left and hangs (over a minute).
 */
export async function stopInOrder(
  settings: ClusterSettings,
  parts: Part[],
  report: Report,
): Promise<StopOutcome> {
  const outcome: StopOutcome = { stopped: [], killed: [] }
  for (const kind of ['registry', 'kafka', 'redis'] as const) {
    await stopTogether(
      settings,
      parts.filter((part) => part.kind === kind),
      report,
      outcome,
    )
  }
  return outcome
}

async function stopTogether(
  settings: ClusterSettings,
  parts: Part[],
  report: Report,
  outcome: StopOutcome,
): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      const end = await stopPart(settings, part, report)
      if (end === 'not running') return
      outcome.stopped.push(part.name)
      if (end === 'killed') outcome.killed.push(part.name)
    }),
  )
}

async function stopPart(settings: ClusterSettings, part: Part, report: Report) {
  const found = readPartProcess(settings, part.name)
  if (found.state === 'dead') {
    report.warn(`stale pid file of ${part.name} (${found.why}): removed`)
    removePidFile(settings, part.name)
  }
  if (found.state !== 'running') return 'not running'
  const startedAtMs = Date.now()
  const limitMs = stopLimitMs(settings, part)
  signal(found.pid, 'SIGTERM')
  const clean = await waitForEnd(settings, part, limitMs, report)
  if (!clean) {
    report.warn(`${part.name} did not stop within ${seconds(limitMs)}: killed`)
    signal(found.pid, 'SIGKILL')
    await waitForEnd(settings, part, KILL_LIMIT_MS, report)
  }
  removePidFile(settings, part.name)
  if (clean) report.info(`${part.name} stopped, ${seconds(Date.now() - startedAtMs)}`)
  return clean ? 'stopped' : 'killed'
}

function stopLimitMs(settings: ClusterSettings, { kind }: Part): number {
  const brokers = listParts(settings).filter(
    (part) => part.kind === 'kafka' && readPartProcess(settings, part.name).state === 'running',
  )
  const alone = kind === 'kafka' && brokers.length < QUORUM
  return alone ? STOP_ALONE_LIMIT_MS : STOP_LIMIT_MS[kind]
}

async function waitForEnd(
  settings: ClusterSettings,
  { name }: Part,
  limitMs: number,
  report: Report,
): Promise<boolean> {
  const startedAtMs = Date.now()
  for (;;) {
    if (readPartProcess(settings, name).state !== 'running') return true
    const waitedMs = Date.now() - startedAtMs
    if (waitedMs > limitMs) return false
    if (waitedMs >= 1_000) report.progress(`waiting for ${name} to stop, ${seconds(waitedMs)}`)
    await sleep(POLL_EVERY_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has just ended by itself.
  }
}
