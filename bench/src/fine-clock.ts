/**
 * The time in ms since 1970, finer than `Date.now()`. It begins at a tick of that clock, so that
 * both agree; one made for each run does not drift away from it.
 */
export function fineClock(): () => number {
  const first = Date.now()
  let tick = first
  while (tick === first) tick = Date.now()
  const offset = tick - performance.now()
  return () => performance.now() + offset
}
