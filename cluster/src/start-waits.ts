import type { StartRun } from './bring-up.ts'
import { ClusterError } from './cluster-error.ts'
import { readErrorLine } from './error-line.ts'
import { listParts, type Part } from './parts.ts'
import { readPartProcess } from './pid-file.ts'
import { askKafka, probeCoordinator, probeWhole } from './readiness.ts'
import { REGISTRY_JOURNAL } from './registry-launch.ts'
import { kafkaAddresses } from './settings.ts'
import { logFile, logFolder } from './state-folder.ts'
import { waitUntil } from './wait.ts'

type Run = Pick<StartRun, 'settings' | 'report' | 'signal'>

/** Redis reads all that it holds before it answers: some 30 s for two million orders of each consumer. */
const READY_LIMIT_MS = { kafka: 90_000, registry: 90_000, redis: 300_000 }
const PORT_TAKEN = 'Address already in use'
const COORDINATOR_LIMIT_MS = 60_000
const JOURNAL_LIMIT_MS = 60_000

/** A part that ended although it was to stay. */
export class EndedEarly extends ClusterError {
  /** Its port was free when the start looked, and taken a moment later. */
  readonly hasLostItsPort: boolean

  constructor(message: string, hasLostItsPort: boolean) {
    super(message)
    this.hasLostItsPort = hasLostItsPort
  }
}

/** Waits until a part does its work, a broker with all the others; resolves to how long that took. */
export function waitForPart({ settings, report, signal }: Run, part: Part): Promise<number> {
  const wait = {
    what: part.name,
    limitMs: READY_LIMIT_MS[part.kind],
    probe: () => probeWhole(settings, part),
    check: () => refuseDeath({ settings }, [part]),
    log: logFile(settings, part.name),
  }
  return waitUntil(wait, report, signal)
}

/** Waits until consumer groups can be joined. */
export function waitForCoordinator({ settings, report, signal }: Run): Promise<number> {
  const wait = {
    what: 'the group coordinator',
    limitMs: COORDINATOR_LIMIT_MS,
    probe: () => probeCoordinator(kafkaAddresses(settings)),
    check: () => refuseDeath({ settings }, listBrokers({ settings })),
    log: logFolder(settings),
  }
  return waitUntil(wait, report, signal)
}

/** Waits until the topic of the registry is there, in the shape that keeps schemas for ever. */
export function waitForJournal({ settings, report, signal }: Run): Promise<number> {
  const wait = {
    what: `topic ${REGISTRY_JOURNAL.topic}`,
    limitMs: JOURNAL_LIMIT_MS,
    probe: () =>
      askKafka(kafkaAddresses(settings), async (admin) => {
        const { differences } = await admin.ensureTopic(REGISTRY_JOURNAL)
        for (const text of differences) report.warn(`topic ${REGISTRY_JOURNAL.topic}: ${text}`)
        return null
      }),
    check: () => refuseDeath({ settings }, listBrokers({ settings })),
    log: logFolder(settings),
  }
  return waitUntil(wait, report, signal)
}

function listBrokers({ settings }: Pick<Run, 'settings'>): Part[] {
  return listParts(settings).filter(({ kind }) => kind === 'kafka')
}

function refuseDeath({ settings }: Pick<Run, 'settings'>, parts: Part[]): void {
  const dead = parts.find(({ name }) => readPartProcess(settings, name).state !== 'running')
  if (!dead) return
  const file = logFile(settings, dead.name)
  const line = readErrorLine(file) ?? 'it wrote nothing'
  throw new EndedEarly(
    `${dead.name} ended during the start, its last words: ${line} (see ${file})`,
    line.includes(PORT_TAKEN),
  )
}
