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

/** At full speed, connections get their turn after so many orders. */
const ORDERS_PER_TURN = 100
const PAUSE_MIN_MS = 1
const WALL_CLOCK: Clock = { now: () => performance.now(), sleep: pause }

/**
 * Yields 0, 1, 2 … each at its time: the n-th is due n intervals after the first, so a late one
 * does not delay the rest. Ends at the count or at the signal.
 */
export async function* pace({
  count,
  intervalMs,
  signal,
  clock = WALL_CLOCK,
}: PaceOptions): AsyncGenerator<number> {
  const start = clock.now()
  for (let index = 0; index < count; index += 1) {
    const waitMs = start + index * intervalMs - clock.now()
    if (waitMs > 0) await clock.sleep(Math.max(waitMs, PAUSE_MIN_MS), signal)
    else if (index % ORDERS_PER_TURN === 0) await nextTurn()
    if (signal.aborted) return
    yield index
  }
}
