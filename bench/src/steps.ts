import { ordersOf, type BenchPlan } from './command-line.ts'
import type { SeriesName } from './series.ts'
import type { Task } from './tasks.ts'

/** What one step of a series is run with. */
export interface Step {
  /** Of that which grows. */
  value: number
  partitions: number
  members: number
  orderBytes: number
  orders: number
}

const VALUES: Record<SeriesName, readonly number[]> = {
  partitions: [1, 5, 20, 50],
  members: [1, 2, 3, 4],
  bytes: [300, 3_000, 30_000],
  count: [10_000, 100_000, 600_000, 2_000_000],
}
/** Three replicas and Redis hold it too: larger orders are fewer. */
const STEP_BYTES_MAX = 300_000_000
const QUICK_COUNT_MAX = 10_000

/** The steps of a series for a task; none where it means nothing: a producer has no group. */
export function stepsOf(series: SeriesName, task: Task, plan: BenchPlan): Step[] {
  const { partitions, members, orderBytes } = plan
  const base = { partitions, members, orderBytes, orders: ordersOf(plan, task) }
  if (series === 'members' && task.kind !== 'consume') return []
  return valuesOf(series, plan).map((value) => {
    switch (series) {
      case 'partitions':
        return { ...base, value, partitions: value }
      case 'members':
        return { ...base, value, members: value }
      case 'bytes': {
        const orders = Math.min(base.orders, Math.floor(STEP_BYTES_MAX / value))
        return { ...base, value, orderBytes: value, orders }
      }
      case 'count':
        return { ...base, value, orders: value }
    }
  })
}

/** `--count` bounds how far the number of orders grows; below the first step it is the only one. */
function valuesOf(series: SeriesName, { count, isQuick }: BenchPlan): readonly number[] {
  const values = VALUES[series]
  if (series !== 'count') return values
  const max = count ?? (isQuick ? QUICK_COUNT_MAX : Infinity)
  const within = values.filter((value) => value <= max)
  return within.length > 0 ? within : [max]
}
