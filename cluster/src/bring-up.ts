import { setTimeout as sleep } from 'node:timers/promises'
import { brokerLaunch, toolLaunch, writeBrokerProperties, type Programs } from './kafka-launch.ts'
import { launchDetached, type Launch } from './launch.ts'
import { listParts, type Part } from './parts.ts'
import { readPartProcess } from './pid-file.ts'
import { redisLaunch } from './redis-launch.ts'
import { registryLaunch } from './registry-launch.ts'
import type { Report } from './report.ts'
import type { ClusterSettings } from './settings.ts'
import { EndedEarly, waitForCoordinator, waitForJournal, waitForPart } from './start-waits.ts'
import { formatStorage } from './storage.ts'
import { seconds } from './wait.ts'

/** One start under way. */
export interface StartRun {
  settings: ClusterSettings
  report: Report
  /** Ends every wait: the user's wish, or another part that failed. */
  signal: AbortSignal
  /** What to start parts with; null when there is none to start. */
  programs: Programs | null
  /** Collects the names of the parts that were started. */
  started: string[]
}

const LAUNCHES_MAX = 3
const LAUNCH_PAUSE_MS = 1_000

type Prepare = (programs: Programs) => Launch | Promise<Launch>

/** Starts the parts that do not run, side by side where that works, and waits for all of them. */
export async function bringUp(outer: StartRun): Promise<void> {
  const failure = new AbortController()
  const run = { ...outer, signal: AbortSignal.any([outer.signal, failure.signal]) }
  const parts = listParts(run.settings)
  const [brokers, registry, redis] = (['kafka', 'registry', 'redis'] as const).map((kind) =>
    parts.filter((part) => part.kind === kind),
  )
  // The first failure ends the other waits. Only when all have ended is it safe to clean up.
  const together = async (tasks: Promise<unknown>[]) => {
    await Promise.allSettled(tasks.map((task) => task.catch((error) => failure.abort(error))))
    run.signal.throwIfAborted()
  }
  const bringUpAll = (group: Part[] | undefined, prepare: (part: Part) => Prepare) =>
    (group ?? []).map((part) => bringUpPart(run, part, prepare(part)))

  const startKafkaAndRegistry = async () => {
    await together(bringUpAll(brokers, (part) => (programs) => prepareBroker(run, part, programs)))
    await waitForJournal(run)
    const prepareRegistry = () => (programs: Programs) => registryLaunch(run.settings, programs)
    await together([waitForCoordinator(run), ...bringUpAll(registry, prepareRegistry)])
  }
  const prepareRedis = () => (programs: Programs) => redisLaunch(run.settings, programs.artifacts)
  await together([startKafkaAndRegistry(), ...bringUpAll(redis, prepareRedis)])
}

async function bringUpPart(run: StartRun, part: Part, prepare: Prepare): Promise<void> {
  const { settings, report, signal, programs, started } = run
  const missing = readPartProcess(settings, part.name).state !== 'running'
  const launch = missing && programs !== null ? await prepare(programs) : null
  signal.throwIfAborted()
  if (launch !== null) {
    launchDetached(settings, part.name, launch)
    started.push(part.name)
  }
  const waitedMs = await (launch === null
    ? waitForPart(run, part)
    : waitForLaunched(run, part, launch))
  if (missing) report.info(`${part.name} is ready, ${seconds(waitedMs)}`)
}

/**
 * Some of the ports lie where the system takes the near end of any connection from, so one can be
 * taken for a moment after it was found free. Then the part ends, and is started again.
 */
async function waitForLaunched(run: StartRun, part: Part, launch: Launch): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await waitForPart(run, part)
    } catch (error) {
      if (!(error instanceof EndedEarly && error.hasLostItsPort)) throw error
      if (tries >= LAUNCHES_MAX) throw error
      run.report.warn(`${part.name} found its port taken: it is started again`)
      await sleep(LAUNCH_PAUSE_MS, undefined, { signal: run.signal })
      launchDetached(run.settings, part.name, launch)
    }
  }
}

async function prepareBroker({ settings }: StartRun, { nodeId }: Part, programs: Programs) {
  const file = writeBrokerProperties(settings, nodeId)
  await formatStorage(settings, nodeId, (clusterId) => {
    const words = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file]
    return toolLaunch(settings, programs, words)
  })
  return brokerLaunch(settings, programs, file)
}
