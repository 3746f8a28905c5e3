import type {
  BenchResult,
  Measure,
  RowResult,
  SeriesResult,
  StepResult,
  TaskResult,
} from './result.ts'

/** One run that took so many seconds for a thousand orders. */
export function sampleMeasure(seconds: number, change: Partial<Measure> = {}): Measure {
  const cpu = { client: 0.5, brokers: 0.25, redis: null }
  const rest = { memoryMb: 100, latency: null, said: null }
  return { window: null, orders: 1_000, seconds, cpu, ...rest, ...change }
}

/** A row whose runs took so many seconds, one after the other. */
export function sampleRow(
  name: string,
  seconds: number[],
  change: Partial<RowResult> = {},
): RowResult {
  const runs = seconds.map((each, index) => {
    return { rep: index + 1, kind: 'measured' as const, measure: sampleMeasure(each) }
  })
  return {
    name,
    isOurs: false,
    comparedAs: 'produce',
    isVariant: false,
    promises: 'all acknowledged',
    absent: null,
    runs,
    profiles: [],
    ...change,
  }
}

/** A task of which only its rows matter. */
export function sampleTask(rows: RowResult[], change: Partial<TaskResult> = {}): TaskResult {
  return {
    task: 'produce',
    title: 'orders to Kafka',
    kind: 'produce',
    orders: 1_000,
    rows,
    ...change,
  }
}

/** A step with one row whose single run took so many seconds. */
export function sampleStep(value: number, change: Partial<StepResult> = {}): StepResult {
  return {
    value,
    partitions: 5,
    members: 1,
    orderBytes: 287,
    orders: 1_000,
    recordBytes: 300,
    leftOut: null,
    hasFailed: false,
    rows: [sampleRow('producer', [1], { isOurs: true })],
    ...change,
  }
}

/** A bench of which only its tasks matter. */
export function sampleResult(tasks: TaskResult[], series: SeriesResult[] = []): BenchResult {
  return {
    command: 'npm run bench -- --quick',
    startedAt: '2026-01-01T12:34:56.000Z',
    seed: 7,
    reps: 3,
    partitions: 5,
    members: 1,
    recordBytes: 250,
    jsonBytes: 500,
    machine: { versions: { Node: '20.20.2' }, cores: 2, memoryMb: 4_096, processor: 'a | b' },
    tasks,
    series,
  }
}
