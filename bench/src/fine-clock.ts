import { median } from '@orders/drills/statistics'

const TICKS = 7

/**
 * The time in ms since 1970, finer than `Date.now()`. It begins at ticks of that clock, so that
 * both agree; one made for each run does not drift away from it.
 */
export function fineClock(): () => number {
  // The middle of some: between two looks the system may have given the core to somebody else.
  const offset = median(Array.from({ length: TICKS }, offsetAtNextTick)) ?? 0
  return () => performance.now() + offset
}

function offsetAtNextTick(): number {
  const first = Date.now()
  for (;;) {
    const at = performance.now()
    const tick = Date.now()
    if (tick !== first) return tick - at
  }
}
