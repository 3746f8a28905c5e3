import type { ClientLine } from './client-line.ts'
import type { Latency } from './latency.ts'
import type { SeriesName } from './series.ts'
import type { ServiceProfile } from './service-profile.ts'
import type { Step } from './steps.ts'
import type { CpuSeconds, Window } from './usage.ts'

/** What one run of a row came to. */
export interface Measure {
  /** What the rate is about; null for a tool that says its rate itself. */
  window: Window | null
  /** How many orders the time and the CPU seconds are about. */
  orders: number
  seconds: number
  cpu: CpuSeconds
  /** The most that the client has held; null where nobody says. */
  memoryMb: number | null
  /** Only where it is what is measured. */
  latency: Latency | null
  /** What another client says itself; its CPU seconds are those of its whole life. */
  said: ClientLine | null
}

/** One run of a row. */
export type Run = { rep: number } & (
  { kind: 'measured'; measure: Measure } | { kind: 'failed'; reason: string }
)

/** A row with all its runs. */
export interface RowResult {
  name: string
  isOurs: boolean
  comparedAs: string
  /** Ours with other settings: what the others are to it stands below the table. */
  isVariant: boolean
  promises: string
  /** Why it was not run at all; null when it was. */
  absent: string | null
  runs: Run[]
  /** Of our processes, with `--profile`. */
  profiles: ServiceProfile[]
}

/** A task with all its rows. */
export interface TaskResult {
  task: string
  title: string
  kind: 'produce' | 'consume' | 'latency'
  orders: number
  rows: RowResult[]
}

/** One step of a series; its rows are those of the task. */
export interface StepResult extends Step {
  /** Key and value of an order; null where none was made. */
  recordBytes: number | null
  /** Why it has no rows; null when it has. */
  leftOut: string | null
  /** It was begun and could not be done at all. */
  hasFailed: boolean
  rows: RowResult[]
}

/** A task that was done again and again while one thing grew. */
export interface SeriesResult {
  series: SeriesName
  task: string
  title: string
  kind: TaskResult['kind']
  steps: StepResult[]
}

/** Everything that a run of the bench has found. */
export interface BenchResult {
  command: string
  startedAt: string
  seed: number
  reps: number
  partitions: number
  members: number
  recordBytes: number
  jsonBytes: number
  machine: { versions: Record<string, string>; cores: number; memoryMb: number; processor: string }
  tasks: TaskResult[]
  series: SeriesResult[]
}
