const SECOND_MS = 1_000
/** When an order was placed and when it is stored are different seconds, in turns. */
const KNOWN = 16
const known = new Map<number, { second: number; text: string }>()

/**
 * A time in ms since 1970 as ISO 8601 in UTC, what `toISOString` makes of it: times of one second
 * share all but their end, and a stream of orders has many in each.
 */
export function isoTime(ms: number): string {
  const second = Math.floor(ms / SECOND_MS)
  return `${textOf(second)}${String(ms - second * SECOND_MS).padStart(3, '0')}Z`
}

function textOf(second: number): string {
  const place = Math.abs(second % KNOWN)
  const before = known.get(place)
  if (before?.second === second) return before.text
  const text = new Date(second * SECOND_MS).toISOString().slice(0, -4)
  known.set(place, { second, text })
  return text
}
