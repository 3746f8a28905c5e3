import { randomUUID } from 'node:crypto'
import { registryUrl } from '@orders/cluster/settings'
import { Registry } from '@orders/platform/schema-registry'
import { describeError } from '@orders/platform/user-error'
import { orderSchemaText } from '@orders/schemas/order-avro'
import { ordersOf, type BenchPlan } from './command-line.ts'
import type { Installed } from './install-peers.ts'
import type { Lab } from './lab.ts'
import { absenceOf, measureRow } from './measure-row.ts'
import { makeOrders, measureOrders, type MadeOrders } from './made-orders.ts'
import type { Run, RowResult, TaskResult } from './result.ts'
import { ROWS, type Row } from './rows.ts'
import { readServiceProfile, type ServiceProfile } from './service-profile.ts'
import { rateOf } from './summary.ts'
import type { Task } from './tasks.ts'
import { fillTopic, forgetTopic } from './topics.ts'
import { inTurns } from './turns.ts'

/** What a bench works with. */
export interface Bench {
  lab: Lab
  plan: BenchPlan
  installed: Installed
  made: MadeOrders
  /** Before the names of topics, groups and files, so that no two runs of a bench share them. */
  scope: string
}

const REASON_MAX = 300

/** Registers the schema of the orders, and says which orders all rows make or read. */
export async function prepareOrders(lab: Lab, plan: BenchPlan, seed: number): Promise<MadeOrders> {
  const registry = new Registry(registryUrl(lab.settings))
  const schemaId = await registry.register('bench-value', orderSchemaText)
  const source = { seed, runId: randomUUID(), schemaId, bytes: plan.orderBytes }
  return measureOrders(source, Date.now())
}

/** Runs every row of a task so often as is asked for, in turns. */
export async function runTask(
  bench: Bench,
  task: Task,
  orders = ordersOf(bench.plan, task),
): Promise<TaskResult> {
  const { lab, plan, made, installed, scope } = bench
  const topic = `bench-${scope}${task.name}`
  const rows = ROWS.filter((row) => {
    return row.task === task.name && (row.peer === null || plan.peers.includes(row.peer))
  })
  const results = rows.map((row) => ({
    row,
    result: emptyResult(row, absenceOf(lab, row, installed)),
  }))
  const present = results.filter(({ result }) => result.absent === null)
  if (task.kind === 'consume') {
    await fillTopic(lab, topic, makeOrders(orders, made.source, Date.now()))
  }
  for (const { rep, of } of inTurns(present, plan.reps)) {
    const run = await runOnce(bench, task, of.row, { rep, orders, topic })
    of.result.runs.push(run)
    of.result.profiles.push(...takeProfiles(lab, run))
    lab.say(`${scope}${task.name}, run ${rep} of ${plan.reps}, ${of.row.name}: ${tell(run)}`)
  }
  if (task.kind === 'consume') await forgetTopic(lab, topic)
  const { name, title, kind } = task
  return { task: name, title, kind, orders, rows: results.map(({ result }) => result) }
}

async function runOnce(
  { lab, made, scope }: Bench,
  task: Task,
  row: Row,
  { rep, orders, topic }: { rep: number; orders: number; topic: string },
): Promise<Run> {
  const label = `${scope}${task.name}-${row.name.replaceAll(/[ ,]+/g, '-')}-${rep}`
  try {
    const plan = { label, row, orders, made }
    return { rep, kind: 'measured', measure: await measureRow(lab, task, plan, topic) }
  } catch (error) {
    lab.signal.throwIfAborted()
    await lab.endAll()
    return { rep, kind: 'failed', reason: inOneLine(describeError(error)) }
  }
}

/** Of what has been started since the last time; a run that failed has nothing to show. */
function takeProfiles({ profiled, say }: Lab, run: Run): ServiceProfile[] {
  const services = profiled?.splice(0) ?? []
  if (run.kind === 'failed') return []
  return services.flatMap((service) => {
    try {
      return readServiceProfile(service, run.measure.window)
    } catch (error) {
      // The row itself was measured.
      say(`no profile: ${describeError(error)}`)
      return []
    }
  })
}

function emptyResult(row: Row, absent: string | null): RowResult {
  const { name, peer, comparedAs, isVariant, promises } = row
  const known = { name, isOurs: peer === null, comparedAs, isVariant, promises }
  return { ...known, absent, runs: [], profiles: [] }
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, REASON_MAX)
}

function tell(run: Run): string {
  if (run.kind === 'failed') return `error: ${run.reason}`
  const { latency } = run.measure
  if (latency === null) return `${Math.round(rateOf(run.measure))} orders/s`
  return `p50 ${latency.p50Ms.toFixed(2)} ms, p99 ${latency.p99Ms.toFixed(2)} ms`
}
