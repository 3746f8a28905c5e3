import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from '@orders/platform/user-error'
import type { ClusterSettings } from '@orders/cluster/settings'
import type { Circumstances, FenceWatch } from '@orders/referee/evidence'
import { judge } from '@orders/referee/judge'
import { readEvidence } from '@orders/referee/read-evidence'
import type { Verdict } from '@orders/referee/verdict'
import { watchFences } from '@orders/referee/watch-fences'
import { DrillArena } from './arena.ts'
import type { ConsumerName, Drill, Load } from './drill.ts'
import {
  concludeDrill,
  judgeInjection,
  measured,
  type DrillResult,
  type DrillRun,
  type MeasuredInjection,
} from './drill-result.ts'
import { openLinks } from './links.ts'
import { createRandom } from './random.ts'
import { seconds } from './statistics.ts'

/** One drill to be done on a cluster that runs. */
export interface DrillOrder {
  drill: Drill
  times: number
  seed: number
  load: Load
  settings: ClusterSettings
  /** Names the topic; unique on this cluster. */
  name: string
  folder: string
  say: (line: string) => void
  signal: AbortSignal
}

const PROGRESS_ORDERS = 100
const PROGRESS_LIMIT_MS = 60_000
const TRIES_PER_INJECTION = 3
const NAMES: readonly ConsumerName[] = ['auto', 'batch']

/** Does a drill and lets the referee judge it; rejects only when the signal is aborted. */
export async function runDrill(order: DrillOrder): Promise<DrillResult> {
  const { drill, times, seed, load, settings, signal } = order
  const run: DrillRun = { drill, times, seed, load, startedAtMs: Date.now(), injections: [] }
  let arena: DrillArena | null = null
  let verdict: Verdict | null = null
  let error: string | null = null
  try {
    const links = await openLinks(settings)
    arena = new DrillArena({ ...order, links })
    verdict = await judgeRun(order, run, arena)
    // Otherwise somebody may want to look at it, as long as the cluster runs.
    if (verdict.exitCode === 0) await arena.forget()
  } catch (cause) {
    signal.throwIfAborted()
    error = describeError(cause)
  } finally {
    await arena?.dispose()
  }
  const result = concludeDrill(run, verdict, error, Date.now())
  writeFileSync(join(order.folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  return result
}

async function judgeRun(order: DrillOrder, run: DrillRun, arena: DrillArena): Promise<Verdict> {
  const { drill, say } = order
  await arena.assemble()
  await drill.prepare?.(arena)
  await arena.startLoad()
  const watch = watchFences(arena.sources())
  const failures: string[] = []
  let fenceWatch: FenceWatch
  try {
    failures.push(...(await injectAll(order, run, arena)))
    failures.push(...((await drill.check?.(arena)) ?? []))
    failures.push(...(await arena.close()))
  } finally {
    fenceWatch = await watch.stop()
  }
  failures.push(...tellUnexpectedEndings(arena))
  say(`judging ${arena.pulse.acknowledged} acknowledged orders`)
  const circumstances = describeCircumstances(order, run, arena, failures, fenceWatch)
  return judge(await readEvidence(arena.sources(), circumstances))
}

async function injectAll(order: DrillOrder, run: DrillRun, arena: DrillArena): Promise<string[]> {
  const { drill, times, seed, signal } = order
  const failures: string[] = []
  let bitten = 0
  // One that had no effect proves nothing: another takes its place, up to a limit.
  for (let turn = 1; bitten < times && turn <= times * TRIES_PER_INJECTION; turn += 1) {
    await arena.pulse.untilProgress(PROGRESS_ORDERS, PROGRESS_LIMIT_MS, signal)
    const injection = await injectOnce(order, arena, createRandom(seed, drill.name, turn), turn)
    run.injections.push(injection)
    if (injection.bite !== null) bitten += 1
    failures.push(...judgeInjection(drill, turn, injection))
    // What has not recovered cannot be broken once more: the next injection would prove nothing.
    if (injection.recoverMs === null) break
  }
  return failures
}

async function injectOnce(
  { drill, times, say, signal }: DrillOrder,
  arena: DrillArena,
  random: ReturnType<typeof createRandom>,
  turn: number,
): Promise<MeasuredInjection> {
  const { pulse } = arena
  const injection = await drill.inject(arena, random)
  const mark = pulse.mark()
  const limitMs = injection.endedAtMs + drill.recoverWithinMs - mark.atMs
  const caughtUp = await pulse.untilCaughtUp(mark, limitMs, signal)
  const untilMs = caughtUp.atMs ?? Date.now()
  const recoverMs = caughtUp.atMs === null ? null : caughtUp.atMs - injection.endedAtMs
  const result = measured(injection, pulse.gaps(injection.startedAtMs, untilMs), recoverMs)
  const recovery =
    caughtUp.atMs === null ? `no recovery: ${caughtUp.missing}` : `recovered ${seconds(recoverMs)}`
  say(
    `${turn}/${times} ${injection.what}: ${injection.bite ?? 'void, it had no effect'}; ` +
      `longest gap ${seconds(result.gapMs)}, ${recovery}`,
  )
  return result
}

function tellUnexpectedEndings(arena: DrillArena): string[] {
  return arena.services().flatMap(({ label, unexpectedEndings }) =>
    unexpectedEndings.map(({ life, code, signal, atMs }) => {
      const how = signal ?? `exit code ${code}`
      return `${label} (life ${life}) ended by ${how} at ${new Date(atMs).toISOString()}`
    }),
  )
}

function describeCircumstances(
  { drill }: DrillOrder,
  { injections }: DrillRun,
  arena: DrillArena,
  failures: string[],
  fenceWatch: FenceWatch,
): Circumstances {
  const { movedGroups = [], ...own } = drill.circumstances ?? {}
  return {
    isRunning: false,
    redisLost: false,
    isHealthy: false,
    ...own,
    // A drill is written before its groups have names.
    movedGroups: movedGroups.map((group) => {
      const name = NAMES.find((each) => each === group)
      return name === undefined ? group : arena.groupOf(name)
    }),
    fenceWatch,
    liveness: {
      failures,
      measured:
        `${injections.length} injections: recovery within ${seconds(drill.recoverWithinMs)}, ` +
        `gaps of at most ${seconds(drill.gapWithinMs)}, no process that ends unasked`,
    },
  }
}
