import { median } from '@orders/drills/statistics'
import type { Measure, RowResult, TaskResult } from './result.ts'
import { spreadOf, type Spread } from './statistics.ts'

/** A row over all its runs. Ratios are ours by theirs, run by run, and of these the middle. */
export interface RowSummary {
  name: string
  isOurs: boolean
  rate: Spread | null
  p50Ms: Spread | null
  p99Ms: Spread | null
  /** CPU seconds for 100 000 orders. */
  cpuClient: number | null
  cpuBrokers: number | null
  cpuRedis: number | null
  memoryMb: number | null
  /** Null for our own rows, and where one of the two was not measured. */
  rateRatio: number | null
  p50Ratio: number | null
  p99Ratio: number | null
  runs: number
}

const ORDERS_OF_CPU = 100_000

/** Adds up every row of a task. */
export function summarize({ rows }: Pick<TaskResult, 'rows'>): RowSummary[] {
  return rows.map((row) => {
    const ours = rows.find(({ isOurs, isVariant, comparedAs }) => {
      return isOurs && !isVariant && comparedAs === row.comparedAs
    })
    return summarizeRow(row, row.isOurs ? undefined : ours)
  })
}

/** How one of our rows with other settings stands to a row of somebody else, run by run. */
export interface Standing {
  name: string
  rateRatio: number | null
  p99Ratio: number | null
}

/** Holds a row against all that are no rows of ours and are compared as the same thing. */
export function standingsOf(row: RowResult, rows: readonly RowResult[]): Standing[] {
  return rows.flatMap((other) => {
    if (other.isOurs || other.comparedAs !== row.comparedAs) return []
    const { name, rateRatio, p99Ratio } = summarizeRow(other, row)
    return [{ name, rateRatio, p99Ratio }]
  })
}

/** Orders a second of one run. */
export function rateOf({ orders, seconds }: Measure): number {
  return orders / seconds
}

function summarizeRow(row: RowResult, ours: RowResult | undefined): RowSummary {
  const measures = [...measuresOf(row).values()]
  const middle = (of: (measure: Measure) => number | null): number | null =>
    median(measures.flatMap((measure) => of(measure) ?? []))
  const ratio = (of: (measure: Measure) => number | null): number | null =>
    ours === undefined ? null : ratioOf(measuresOf(ours), measuresOf(row), of)
  return {
    name: row.name,
    isOurs: row.isOurs,
    rate: spreadOf(measures.map(rateOf)),
    p50Ms: spreadOf(measures.flatMap(({ latency }) => latency?.p50Ms ?? [])),
    p99Ms: spreadOf(measures.flatMap(({ latency }) => latency?.p99Ms ?? [])),
    cpuClient: middle(({ cpu, orders }) => perOrders(cpu.client, orders)),
    cpuBrokers: middle(({ cpu, orders }) => perOrders(cpu.brokers, orders)),
    cpuRedis: middle(({ cpu, orders }) => perOrders(cpu.redis, orders)),
    memoryMb: middle(({ memoryMb }) => memoryMb),
    rateRatio: ratio(rateOf),
    p50Ratio: ratio(({ latency }) => latency?.p50Ms ?? null),
    p99Ratio: ratio(({ latency }) => latency?.p99Ms ?? null),
    runs: measures.length,
  }
}

/** Only runs of the same turn are held against each other: a machine is not the same all day. */
function ratioOf(
  ours: ReadonlyMap<number, Measure>,
  theirs: ReadonlyMap<number, Measure>,
  of: (measure: Measure) => number | null,
): number | null {
  const ratios = [...theirs].flatMap(([rep, measure]) => {
    const [our, their] = [ours.get(rep), of(measure)]
    const own = our === undefined ? null : of(our)
    return own === null || their === null || their === 0 ? [] : own / their
  })
  return median(ratios)
}

function measuresOf({ runs }: RowResult): Map<number, Measure> {
  return new Map(
    runs.flatMap((run) => (run.kind === 'measured' ? [[run.rep, run.measure] as const] : [])),
  )
}

function perOrders(cpuSeconds: number | null, orders: number): number | null {
  return cpuSeconds === null ? null : (cpuSeconds * ORDERS_OF_CPU) / orders
}
