import { describeError } from '@orders/platform/user-error'
import { measureOrders } from './made-orders.ts'
import type { RowResult, SeriesResult, StepResult } from './result.ts'
import { runTask, type Bench } from './run-bench.ts'
import type { SeriesName } from './series.ts'
import { stepsOf, type Step } from './steps.ts'
import { rateOf } from './summary.ts'
import type { Task } from './tasks.ts'

/** What a step would take longer than is left out, when the one before it has shown that. */
const STEP_LIMIT_S = 90

/** Runs a task again and again, while one thing grows; on one cluster, each step with new topics. */
export async function growTask(
  bench: Bench,
  series: SeriesName,
  task: Task,
): Promise<SeriesResult> {
  const steps: StepResult[] = []
  for (const step of stepsOf(series, task, bench.plan)) {
    const leftOut = reasonToLeaveOut(step, steps.at(-1))
    steps.push(
      leftOut === null
        ? await runStep(bench, series, task, step)
        : { ...step, recordBytes: null, leftOut, hasFailed: false, rows: [] },
    )
  }
  return { series, task: task.name, title: task.title, kind: task.kind, steps }
}

/** Says why a step would take too long, by what the one before it took; null when it would not. */
export function reasonToLeaveOut(step: Step, before: StepResult | undefined): string | null {
  if (before === undefined || step.orders <= before.orders) return null
  if (before.leftOut !== null) return before.leftOut
  const rates = before.rows.map(slowestRate).filter((rate) => rate !== null)
  if (rates.length === 0) return `nothing was measured with ${before.orders} orders`
  const seconds = Math.round(step.orders / Math.min(...rates))
  if (seconds <= STEP_LIMIT_S) return null
  return `${step.orders} orders would take about ${seconds} s, at most ${STEP_LIMIT_S} s are spent on a run`
}

async function runStep(
  bench: Bench,
  series: SeriesName,
  task: Task,
  step: Step,
): Promise<StepResult> {
  const { partitions, members, orderBytes, orders } = step
  const made = measureOrders({ ...bench.made.source, bytes: orderBytes }, Date.now())
  const lab = { ...bench.lab, partitions, members }
  const scope = `${series}-${step.value}-`
  const common = { ...step, recordBytes: made.recordBytes }
  try {
    const { rows } = await runTask({ ...bench, lab, made, scope }, task, orders)
    return { ...common, leftOut: null, hasFailed: false, rows }
  } catch (error) {
    lab.signal.throwIfAborted()
    await lab.endAll()
    return { ...common, leftOut: `error: ${describeError(error)}`, hasFailed: true, rows: [] }
  }
}

function slowestRate({ runs }: RowResult): number | null {
  const rates = runs.flatMap((run) => (run.kind === 'measured' ? rateOf(run.measure) : []))
  return rates.length === 0 ? null : Math.min(...rates)
}
