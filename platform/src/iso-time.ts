const SECOND_MS = 1_000
let known = { second: NaN, text: '' }

/**
 * A time in ms since 1970 as ISO 8601 in UTC, what `toISOString` makes of it: times of one second
 * share all but their end, and a stream of orders has many in each.
 */
export function isoTime(ms: number): string {
  const second = Math.floor(ms / SECOND_MS)
  if (second !== known.second) {
    known = { second, text: new Date(second * SECOND_MS).toISOString().slice(0, -4) }
  }
  return `${known.text}${String(ms - second * SECOND_MS).padStart(3, '0')}Z`
}
