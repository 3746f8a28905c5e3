import type { Window } from './usage.ts'

/** How many orders were in Redis at one look. */
export interface StoredSample {
  atMs: number
  stored: number
}

/** What was stored between the first look that found a fifth and the first that found all. */
export interface StoredWindow extends Window {
  orders: number
}

/** So much of a run goes by before anything is counted: programs compile while they begin. */
const LEFT_OUT = 1 / 5

/**
 * Finds the stretch in which orders were stored, without the first fifth. What was there at its
 * beginning is not counted, so it does not matter how late that look came. Null while not all are
 * there, or when all were there at once.
 */
export function storedWindow(samples: readonly StoredSample[], all: number): StoredWindow | null {
  const first = samples.find(({ stored }) => stored > 0 && stored >= all * LEFT_OUT)
  const last = samples.find(({ stored }) => stored >= all)
  if (!first || !last || first.atMs >= last.atMs) return null
  return { fromMs: first.atMs, toMs: last.atMs, orders: last.stored - first.stored }
}
