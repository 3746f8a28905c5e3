import type { Window } from './usage.ts'

/** How many orders were in Redis at one look. */
export interface StoredSample {
  atMs: number
  stored: number
}

/** What was stored between the first look that found orders and the first that found all. */
export interface StoredWindow extends Window {
  orders: number
}

/**
 * Finds the stretch in which orders were stored. What was there at its beginning is not counted,
 * so it does not matter how late the first look came. Null while not all are there, or when all
 * were there at once.
 */
export function storedWindow(samples: readonly StoredSample[], all: number): StoredWindow | null {
  const first = samples.find(({ stored }) => stored > 0)
  const last = samples.find(({ stored }) => stored >= all)
  if (!first || !last || first.atMs >= last.atMs) return null
  return { fromMs: first.atMs, toMs: last.atMs, orders: last.stored - first.stored }
}
