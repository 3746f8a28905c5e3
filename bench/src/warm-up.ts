import { describeError } from '@orders/platform/user-error'
import { ordersOf, type BenchPlan } from './command-line.ts'
import { measureConsuming } from './consume-run.ts'
import { makeOrders } from './made-orders.ts'
import { measureProducing } from './produce-run.ts'
import { ROWS, type Row } from './rows.ts'
import type { Bench } from './run-bench.ts'
import { TASKS, type TaskName } from './tasks.ts'
import { fillTopic, forgetTopic } from './topics.ts'

/** One run before everything that nobody measures. */
export interface WarmUpRun {
  task: TaskName
  orders: number
}

/** What brokers need for an order falls for about a million; more than half of that is bearable. */
const PRODUCED_MAX = 600_000
/** A group that commits every ten, and one that commits each order: all kinds of requests. */
const READ: readonly TaskName[] = ['batch-partition', 'auto-partition']
const MS_PER_SECOND = 1_000

/**
 * What goes before the first row: as many orders as the largest task has, and where anything is
 * read, groups that read and commit. Never more than a full run of the task itself.
 */
export function planWarmUp(plan: BenchPlan): WarmUpRun[] {
  const largest = Math.max(...plan.tasks.map((task) => ordersOf(plan, task)))
  const produced = { task: 'produce' as const, orders: Math.min(largest, PRODUCED_MAX) }
  const isReading = plan.tasks.some(({ kind }) => kind !== 'produce')
  const read = TASKS.filter(({ name }) => isReading && READ.includes(name)).map((task) => {
    return { task: task.name, orders: Math.min(ordersOf(plan, task), task.orders) }
  })
  return [produced, ...read]
}

/**
 * Lets brokers, Redis and the page cache see work before the first row does: brokers that have just
 * started take several times the CPU.
 */
export async function warmUp(bench: Bench): Promise<void> {
  const { lab, plan } = bench
  const runs = planWarmUp(plan)
  const told = runs.map(({ task, orders }) => `${task} ${orders}`).join(', ')
  lab.say(`warming up, not measured: ${told} orders`)
  const startMs = Date.now()
  for (const run of runs) {
    try {
      await warmUpWith(bench, run)
    } catch (error) {
      lab.signal.throwIfAborted()
      // The rows will tell it as well, each for itself.
      lab.say(`warming up with ${run.task}: ${describeError(error)}`)
      await lab.endAll()
    }
  }
  // What nobody measures is not looked at either.
  lab.profiled?.splice(0)
  lab.say(`warmed up in ${Math.round((Date.now() - startMs) / MS_PER_SECOND)} s`)
}

async function warmUpWith({ lab, made }: Bench, { task, orders }: WarmUpRun): Promise<void> {
  const label = `warm-up-${task}`
  const run = { label, row: ourRow(task), orders, made }
  if (task === 'produce') {
    await measureProducing(lab, run)
    return
  }
  const topic = `bench-${label}`
  await fillTopic(lab, topic, makeOrders(orders, made.source, Date.now()))
  try {
    await measureConsuming(lab, run, topic)
  } finally {
    await forgetTopic(lab, topic)
  }
}

function ourRow(task: TaskName): Row {
  const row = ROWS.find((each) => each.task === task && each.peer === null)
  if (row === undefined) throw new Error(`there is no row to warm up with: ${task}`)
  return row
}
