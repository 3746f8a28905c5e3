import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentReport } from '@orders/cluster/report'
import { readClusterSettings, type ClusterSettings } from '@orders/cluster/settings'
import { startCluster } from '@orders/cluster/start-cluster'
import { stopCluster } from '@orders/cluster/stop-cluster'
import { findPorts } from '@orders/drills/drill-cluster'
import { Child, runChild } from './child.ts'
import type { Milestone, StartTimes } from './start-times.ts'
import { NOTHING_YET, readStartState, START_TOPIC, watchStart } from './start-watch.ts'

/** How a start is measured. */
export interface StartOptions {
  reps: number
  signal: AbortSignal
  say(line: string): void
}

/** A place for one cluster: its ports and its folder, as settings and as environment. */
interface Place {
  settings: ClusterSettings
  env: NodeJS.ProcessEnv
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DEMO_LIMIT_MS = 4 * 60_000
const BROKERS = 3
/** Two tens of consumer-batch, and no longer than needed. */
const DEMO = ['run', 'demo', '--', '--count', '20', '--interval', '0', '--exit']
const MS_PER_SECOND = 1_000

/** Gives `npm run demo` again and again: nothing running and no data, then beside a cluster. */
export async function measureStarts(
  options: StartOptions,
): Promise<{ cold: StartTimes[]; warm: StartTimes[] }> {
  const { reps, say } = options
  const cold: StartTimes[] = []
  for (let rep = 1; rep <= reps; rep += 1) {
    const times = await withPlace(options, (place) => watchDemo(options, place))
    say(`cold start, run ${rep} of ${reps}: ${tell(times)}`)
    cold.push(times)
  }
  const warm = await withPlace(options, async (place) => {
    await startCluster(place.settings, silentReport, options)
    // The first one makes topics; what it is like is not what is asked.
    await watchDemo(options, place)
    const all: StartTimes[] = []
    for (let rep = 1; rep <= reps; rep += 1) {
      const times = await watchDemo(options, place)
      say(`warm start, run ${rep} of ${reps}: ${tell(times)}`)
      all.push(times)
    }
    return all
  })
  return { cold, warm }
}

async function watchDemo({ signal }: StartOptions, { settings, env }: Place): Promise<StartTimes> {
  signal.throwIfAborted()
  const isUp = (await readStartState(settings).catch(() => null)) ?? NOTHING_YET
  const startMs = performance.now()
  const child = new Child({ label: 'npm run demo', command: 'npm', args: DEMO, env, cwd: ROOT })
  const over = new AbortController()
  const view = { settings, before: isUp, output: () => child.output }
  const watching = watchStart(
    view,
    () => performance.now() - startMs,
    AbortSignal.any([signal, over.signal]),
  )
  try {
    await runChild(child, DEMO_LIMIT_MS, signal)
  } finally {
    over.abort(new Error('the demo has ended'))
    await watching
  }
  return watching
}

/** Whatever becomes of the demo, the parts that it has started are stopped and their data is gone. */
async function withPlace<T>(
  { signal }: StartOptions,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const folder = mkdtempSync(join(tmpdir(), 'orders-start-'))
  const place = await planPlace(folder)
  try {
    return await use(place)
  } finally {
    await stopCluster(place.settings)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function planPlace(folder: string): Promise<Place> {
  const ports = await findPorts(BROKERS * 2 + 2)
  const next = (count: number): string => ports.splice(0, count).join(',')
  const env = {
    ...process.env,
    CLUSTER_DIRECTORY: join(folder, 'cluster'),
    CLUSTER_KAFKA_PORTS: next(BROKERS),
    CLUSTER_CONTROLLER_PORTS: next(BROKERS),
    CLUSTER_REGISTRY_PORT: next(1),
    CLUSTER_REDIS_PORT: next(1),
    // What is asked for in a file of settings is not what is measured.
    KAFKA_TOPIC: START_TOPIC,
    KAFKA_DLQ_TOPIC: `${START_TOPIC}.dlq`,
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  return { settings: readClusterSettings(env), env }
}

function tell(times: StartTimes): string {
  const last = (['auto', 'batch'] as const).map((name: Milestone) => times[name])
  const [auto, batch] = last.map((ms) => (ms === null ? 'never' : (ms / MS_PER_SECOND).toFixed(2)))
  return `first order in Redis after ${auto} s (auto), ${batch} s (batch)`
}
