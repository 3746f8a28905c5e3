import { percentile } from './statistics.ts'
import type { Window } from './usage.ts'

/** When an order was made and when Redis had it, in ms since 1970. */
export interface Passage {
  key: string
  madeAtMs: number
  storedAtMs: number
}

/** How long orders took. */
export interface Latency {
  p50Ms: number
  p99Ms: number
}

/** Programs are still warming up in the first part of a run. */
const DROPPED_SHARE = 0.2
const HALF = 0.5
const NEARLY_ALL = 0.99
const MS_PER_SECOND = 1_000

/**
 * Reads one command that Redis has carried out, as `MONITOR` shows it: the orders that it wrote,
 * as a hash with a field `placedAt` or as a string of JSON.
 */
export function readPassages(seconds: string, args: readonly string[]): Passage[] {
  const storedAtMs = Number(seconds) * MS_PER_SECOND
  const [command = '', key = '', ...rest] = args
  switch (command.toLowerCase()) {
    case 'hset': {
      const placedAt = rest[rest.indexOf('placedAt') + 1]
      if (!rest.includes('placedAt') || placedAt === undefined) return []
      return [{ key, madeAtMs: Date.parse(placedAt), storedAtMs }]
    }
    case 'set': {
      const madeAtMs = placedAtOf(rest[0])
      return madeAtMs === null ? [] : [{ key, madeAtMs, storedAtMs }]
    }
    default:
      return []
  }
}

/** The time that half of the orders did not exceed, and 99 of a hundred; null of too few. */
export function latencyOf(passages: readonly Passage[]): Latency | null {
  const warm = [...passages]
    .sort((a, b) => a.madeAtMs - b.madeAtMs)
    .slice(Math.floor(passages.length * DROPPED_SHARE))
    .map(({ madeAtMs, storedAtMs }) => storedAtMs - madeAtMs)
  const [p50Ms, p99Ms] = [percentile(warm, HALF), percentile(warm, NEARLY_ALL)]
  return p50Ms === null || p99Ms === null ? null : { p50Ms, p99Ms }
}

/** From the first order that was made to the last one that was stored; null of none. */
export function windowOf(passages: readonly Passage[]): Window | null {
  if (passages.length === 0) return null
  let [fromMs, toMs] = [Infinity, 0]
  for (const { madeAtMs, storedAtMs } of passages) {
    fromMs = Math.min(fromMs, madeAtMs)
    toMs = Math.max(toMs, storedAtMs)
  }
  return { fromMs, toMs }
}

function placedAtOf(json: string | undefined): number | null {
  try {
    const { placedAt } = Object(JSON.parse(json ?? 'null')) as Record<string, unknown>
    return typeof placedAt === 'number' ? placedAt : null
  } catch {
    return null
  }
}
