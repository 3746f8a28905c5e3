import { digits, NOTHING, whole, type TextTable } from './columns.ts'
import type { SeriesResult, StepResult } from './result.ts'
import { summarize, type RowSummary } from './summary.ts'

interface Column {
  head: string
  text: (row: RowSummary, step: StepResult) => string
}

const BYTES_PER_MB = 1_000_000

const FLOW: readonly Column[] = [
  { head: 'orders/s', text: ({ rate }) => whole(rate?.median ?? null) },
  { head: 'MB/s', text: ({ rate }, step) => digits(megabytes(rate?.median, step)) },
]
const TIMES: readonly Column[] = [
  { head: 'p50 ms', text: ({ p50Ms }) => digits(p50Ms?.median ?? null) },
  { head: 'p99 ms', text: ({ p99Ms }) => digits(p99Ms?.median ?? null) },
]
const COSTS: readonly Column[] = [
  { head: 'CPU s\nclient', text: ({ cpuClient }) => digits(cpuClient) },
  { head: 'CPU s\nbrokers', text: ({ cpuBrokers }) => digits(cpuBrokers) },
  { head: 'CPU s\nRedis', text: ({ cpuRedis }) => digits(cpuRedis) },
  { head: 'peak\nMB', text: ({ memoryMb }) => whole(memoryMb) },
]

const HEADS: Record<SeriesResult['series'], string> = {
  partitions: 'partitions',
  members: 'members',
  bytes: 'bytes',
  count: 'orders',
}

/** The table of a series: a line for each step and row. A step that has no number says so. */
export function seriesTable(series: SeriesResult): TextTable {
  const columns = [...(series.kind === 'latency' ? TIMES : FLOW), ...COSTS]
  const isCount = series.series === 'count'
  const head = [HEADS[series.series], 'row', ...(isCount ? [] : ['orders'])]
  const rows = series.steps.flatMap((step) => {
    const first = [`${step.value}`]
    const orders = isCount ? [] : [`${step.orders}`]
    if (step.leftOut !== null) {
      const nothing = columns.slice(1).map(() => NOTHING)
      return [[...first, NOTHING, ...orders, 'none', ...nothing]]
    }
    return summarize({ rows: step.rows }).map((row) => {
      const texts = columns.map(({ text }) => text(row, step))
      const cells = row.runs > 0 ? texts : ['none', ...texts.slice(1)]
      return [...first, row.isOurs ? `${row.name} (ours)` : row.name, ...orders, ...cells]
    })
  })
  return { head: [...head, ...columns.map((column) => column.head)], rows }
}

/** Why there are lines without numbers. */
export function seriesNotes({ series, steps }: SeriesResult): string[] {
  return steps.flatMap(({ value, leftOut, rows }) => {
    const where = `${HEADS[series]} ${value}`
    if (leftOut !== null) return [`${where}: not measured: ${leftOut}`]
    return rows.flatMap(({ name, absent, runs }) => {
      if (absent !== null) return [`${where}, ${name}: not measured: ${absent}`]
      return runs.flatMap((run) =>
        run.kind === 'failed' ? [`${where}, ${name}: run ${run.rep}: error: ${run.reason}`] : [],
      )
    })
  })
}

/** Of keys and values, as they lie on the topic. */
function megabytes(rate: number | undefined, { recordBytes }: StepResult): number | null {
  if (rate === undefined || recordBytes === null) return null
  return (rate * recordBytes) / BYTES_PER_MB
}
