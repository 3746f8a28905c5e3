import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '@orders/platform/user-error'
import type { ClusterSettings } from '@orders/cluster/settings'
import { Brokers } from './brokers.ts'
import { loadOf, timesOf, type DrillPlan } from './command-line.ts'
import { startDrillCluster } from './drill-cluster.ts'
import type { DrillResult } from './drill-result.ts'
import { runDrill } from './run-drill.ts'

/** Hears what happens while drills are done. */
export interface Audience {
  say(line: string): void
  onResult(result: DrillResult): void
}

/** A cluster that could not be mended is started anew so often. */
const CLUSTERS_MAX = 3

/** Does drill after drill on one cluster of its own; stops everything in order at the signal. */
export async function runCampaign(
  plan: DrillPlan,
  audience: Audience,
  signal: AbortSignal,
): Promise<DrillResult[]> {
  const root = mkdtempSync(join(tmpdir(), 'orders-drill-'))
  const results: DrillResult[] = []
  const run = { plan, audience, signal, root, results }
  try {
    for (let turn = 1; turn <= CLUSTERS_MAX && results.length < plan.drills.length; turn += 1) {
      await runOnCluster(run, turn)
    }
  } finally {
    const isEmpty = results.length > 0 && results.every(({ folder }) => folder === null)
    if (isEmpty || (results.length === 0 && signal.aborted)) {
      rmSync(root, { recursive: true, force: true })
    } else audience.say(`logs, traces and ledgers are in ${root}`)
  }
  return results
}

interface Campaign {
  plan: DrillPlan
  audience: Audience
  signal: AbortSignal
  root: string
  results: DrillResult[]
}

/** Goes on with the drills that are left, until all are done or the cluster cannot be mended. */
async function runOnCluster(campaign: Campaign, turn: number): Promise<void> {
  const { plan, audience, signal, root, results } = campaign
  const folder = join(root, `cluster-${turn}`)
  audience.say('starting three brokers, the registry and Redis')
  const cluster = await startDrillCluster(folder, () => undefined, signal)
  try {
    while (results.length < plan.drills.length) {
      await runNext(campaign, cluster.settings)
      signal.throwIfAborted()
      const isWhole = await mend(cluster.settings, audience, signal)
      if (!isWhole) return
    }
  } finally {
    audience.say('stopping the cluster')
    await cluster.stop()
  }
}

async function runNext(campaign: Campaign, settings: ClusterSettings): Promise<void> {
  const { plan, audience, signal, root, results } = campaign
  const turn = results.length + 1
  const drill = plan.drills[turn - 1]
  if (!drill) return
  const times = timesOf(plan, drill)
  const folder = join(root, `${turn}-${drill.name}`)
  mkdirSync(folder, { recursive: true })
  audience.say(`${drill.name} (${drill.fault}, ${times} times): ${drill.title}`)
  const result = await runDrill({
    drill,
    times,
    seed: plan.seed,
    load: loadOf(plan, drill),
    settings,
    name: `${drill.name}-${turn}`,
    folder,
    say: (line) => audience.say(`${drill.name}: ${line}`),
    signal,
  })
  const isKept = plan.isKept || result.outcome !== 'passed'
  if (!isKept) rmSync(folder, { recursive: true, force: true })
  const told = { ...result, folder: isKept ? folder : null }
  results.push(told)
  audience.onResult(told)
}

async function mend(
  settings: ClusterSettings,
  { say }: Audience,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await new Brokers(settings, signal).repair()
    return true
  } catch (error) {
    signal.throwIfAborted()
    say(`the cluster could not be mended, another one is started: ${describeError(error)}`)
    return false
  }
}
