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
