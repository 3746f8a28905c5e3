import { median } from '@orders/drills/statistics'

/** The middle of some numbers, and how far they lie apart. */
export interface Spread {
  median: number
  min: number
  max: number
}

/** The middle, the least and the most; null of none. */
export function spreadOf(numbers: readonly number[]): Spread | null {
  const middle = median(numbers)
  if (middle === null) return null
  return { median: middle, min: Math.min(...numbers), max: Math.max(...numbers) }
}

/** The number that a share of all (0 to 1) do not exceed; null of none. */
export function percentile(numbers: readonly number[], share: number): number | null {
  const sorted = [...numbers].sort((a, b) => a - b)
  const rank = Math.max(Math.ceil(share * sorted.length), 1)
  return sorted[rank - 1] ?? null
}
