import { setImmediate as nextTurn } from 'node:timers/promises'
import { pause } from '@orders/platform/patience'

/** When to make orders. */
export interface PaceOptions {
  /** Orders in all; `Infinity` goes on for ever. */
  count: number
  /** Time between two orders in ms; 0 is as fast as it goes. */
  intervalMs: number
  signal: AbortSignal
  clock?: Clock
}

/** The time in ms, and a way to let it pass that ends early at the signal. */
export interface Clock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** What is due at one moment: so many orders from the first one on. */
export interface Turn {
  first: number
  count: number
}

/** At full speed, connections get their turn after so many orders. */
const ORDERS_PER_TURN = 100
const PAUSE_MIN_MS = 1
const WALL_CLOCK: Clock = { now: () => performance.now(), sleep: pause }

/**
 * Yields what is due: 0, 1, 2 … each at its time, and together what is due together. The n-th is
 * due n intervals after the first, so a late one does not delay the rest. Ends at the count or at
 * the signal.
 */
export async function* pace({
  count,
  intervalMs,
  signal,
  clock = WALL_CLOCK,
}: PaceOptions): AsyncGenerator<Turn> {
  const start = clock.now()
  let first = 0
  while (first < count) {
    const waitMs = start + first * intervalMs - clock.now()
    if (waitMs > 0) await clock.sleep(Math.max(waitMs, PAUSE_MIN_MS), signal)
    else if (first > 0) await nextTurn()
    if (signal.aborted) return
    const overdue = intervalMs === 0 ? Infinity : (clock.now() - start) / intervalMs - first
    const due = Math.min(Math.max(Math.floor(overdue) + 1, 1), ORDERS_PER_TURN, count - first)
    yield { first, count: due }
    first += due
  }
}
