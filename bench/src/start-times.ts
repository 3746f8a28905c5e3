import type { TextTable } from './columns.ts'
import { spreadOf, type Spread } from './statistics.ts'

/** What a start comes to, step by step. */
export type Milestone =
  | 'npm'
  | 'brokers'
  | 'registry'
  | 'cluster'
  | 'loaded'
  | 'topic'
  | 'joined'
  | 'acknowledged'
  | 'auto'
  | 'batch'

/** When each step was reached, in ms since the command was given; null where it was not seen. */
export type StartTimes = Record<Milestone, number | null>

/** Starts with nothing running and no data, and starts beside a cluster that is up. */
export interface StartResult {
  command: string
  startedAt: string
  machine: { versions: Record<string, string>; cores: number; memoryMb: number; processor: string }
  cold: StartTimes[]
  warm: StartTimes[]
}

const MILESTONES: Record<Milestone, string> = {
  npm: 'npm has begun the demo',
  brokers: 'the ports of all three brokers are open',
  registry: 'the registry answers',
  cluster: 'the demo says that the cluster can be used',
  loaded: 'both consumers have said their first word',
  topic: 'topic and schema are there',
  joined: 'both consumers have their partitions',
  acknowledged: 'the first order is acknowledged',
  auto: 'the first order is in Redis, by consumer-auto',
  batch: 'the first order is in Redis, by consumer-batch',
}

const MS_PER_SECOND = 1_000
const NOTHING = '–'
const NAMES = Object.keys(MILESTONES) as Milestone[]

/**
 * The middle of all runs, in the order in which a cold start comes by. `+` is the time since the
 * line above.
 */
export function startTable({ cold, warm }: Pick<StartResult, 'cold' | 'warm'>): TextTable {
  const lines = NAMES.map((name) => ({
    name,
    cold: spreadOf(cold.flatMap((times) => times[name] ?? [])),
    warm: spreadOf(warm.flatMap((times) => times[name] ?? [])),
  })).sort((a, b) => placeOf(a) - placeOf(b))
  return {
    head: ['reached, s since the command', 'cold', '+', 'min–max', 'warm', '+', 'min–max'],
    rows: lines.map((line, at) => [
      MILESTONES[line.name],
      ...cells(line.cold, lines[at - 1]?.cold),
      ...cells(line.warm, lines[at - 1]?.warm),
    ]),
  }
}

function placeOf({ cold, warm }: { cold: Spread | null; warm: Spread | null }): number {
  return cold?.median ?? warm?.median ?? Infinity
}

function cells(spread: Spread | null, before: Spread | null | undefined): string[] {
  if (spread === null) return [NOTHING, NOTHING, NOTHING]
  const more = before === null ? NOTHING : seconds(spread.median - (before?.median ?? 0))
  return [seconds(spread.median), more, `${seconds(spread.min)}–${seconds(spread.max)}`]
}

function seconds(ms: number): string {
  return (ms / MS_PER_SECOND).toFixed(2)
}
