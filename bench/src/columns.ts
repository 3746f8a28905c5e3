import type { Run, TaskResult } from './result.ts'
import type { Spread } from './statistics.ts'
import { standingsOf, summarize, type RowSummary, type Standing } from './summary.ts'

/** A table of text: the first column is a name, all others are numbers. */
export interface TextTable {
  head: string[]
  rows: string[][]
}

interface Column {
  head: string
  text: (row: RowSummary) => string
}

/** What a cell says of which nothing is known. */
export const NOTHING = '–'
const SHOWN_DIGITS = 3

const COSTS: readonly Column[] = [
  { head: 'CPU s\nclient', text: ({ cpuClient }) => digits(cpuClient) },
  { head: 'CPU s\nbrokers', text: ({ cpuBrokers }) => digits(cpuBrokers) },
  { head: 'CPU s\nRedis', text: ({ cpuRedis }) => digits(cpuRedis) },
  { head: 'peak\nMB', text: ({ memoryMb }) => whole(memoryMb) },
]
const RATES: readonly Column[] = [
  { head: 'orders/s', text: ({ rate }) => whole(rate?.median ?? null) },
  { head: 'min–max', text: ({ rate }) => range(rate, whole) },
  { head: 'ours ÷\nthis', text: ({ rateRatio }) => digits(rateRatio) },
  ...COSTS,
]
const LATENCIES: readonly Column[] = [
  { head: 'p50 ms', text: ({ p50Ms }) => digits(p50Ms?.median ?? null) },
  { head: 'min–max', text: ({ p50Ms }) => range(p50Ms, digits) },
  { head: 'ours ÷\nthis', text: ({ p50Ratio }) => digits(p50Ratio) },
  { head: 'p99 ms', text: ({ p99Ms }) => digits(p99Ms?.median ?? null) },
  { head: 'min–max', text: ({ p99Ms }) => range(p99Ms, digits) },
  { head: 'ours ÷\nthis', text: ({ p99Ratio }) => digits(p99Ratio) },
  ...COSTS,
]

/** The table of a task, for a terminal as well as for Markdown. */
export function tableOf(task: TaskResult): TextTable {
  const columns: readonly Column[] = [
    { head: 'row', text: ({ name, isOurs }) => (isOurs ? `${name} (ours)` : name) },
    ...(task.kind === 'latency' ? LATENCIES : RATES),
    { head: 'runs', text: ({ runs }) => String(runs) },
  ]
  return {
    head: columns.map(({ head }) => head),
    rows: summarize(task).map((row) => columns.map(({ text }) => text(row))),
  }
}

/** What a table cannot hold: what each row promises, and what went wrong. */
export function notesOf({ rows, kind }: TaskResult): string[] {
  return rows.flatMap((row) => {
    const { name, promises, absent, runs } = row
    const failures = runs.flatMap((run) =>
      run.kind === 'failed' ? [`${name}: run ${run.rep} is an error: ${run.reason}`] : [],
    )
    if (absent !== null) return [`${name}: not measured: ${absent}`]
    const standings = row.isVariant ? standingsText(standingsOf(row, rows), kind) : ''
    return [`${name}: ${promises}${versionsOf(runs)}${standings}`, ...failures]
  })
}

/** In the table there is room for one of ours beside the others. */
function standingsText(standings: readonly Standing[], kind: TaskResult['kind']): string {
  const [what, of] =
    kind === 'latency'
      ? (['p99', ({ p99Ratio }: Standing) => p99Ratio] as const)
      : (['orders/s', ({ rateRatio }: Standing) => rateRatio] as const)
  const known = standings.filter((standing) => of(standing) !== null)
  if (known.length === 0) return ''
  const texts = known.map((standing) => `${digits(of(standing))} × ${standing.name}`)
  return `; ${what}: ${texts.join(', ')}`
}

/** Which version of itself another client has told. */
function versionsOf(runs: readonly Run[]): string {
  const said = runs.flatMap((run) => (run.kind === 'measured' ? (run.measure.said ?? []) : []))[0]
  const versions = Object.entries(said?.versions ?? {}).map((each) => each.join(' '))
  return versions.length === 0 ? '' : ` (${versions.join(', ')})`
}

function range(spread: Spread | null, text: (value: number) => string): string {
  return spread === null ? NOTHING : `${text(spread.min)}–${text(spread.max)}`
}

/** A whole number. */
export function whole(value: number | null): string {
  return value === null ? NOTHING : String(Math.round(value))
}

/** A number with three digits that say something. */
export function digits(value: number | null): string {
  if (value === null) return NOTHING
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(SHOWN_DIGITS)
}
