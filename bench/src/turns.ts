/** One run of something in one turn. */
export interface Turn<T> {
  rep: number
  of: T
}

/**
 * Everything once, then everything again: what changes on a machine over time meets all alike. Each
 * turn begins one further on, so that nobody always comes first or after the same one.
 */
export function inTurns<T>(all: readonly T[], reps: number): Turn<T>[] {
  return Array.from({ length: reps }, (_, turn) => {
    const first = all.length === 0 ? 0 : turn % all.length
    return [...all.slice(first), ...all.slice(0, first)].map((of) => ({ rep: turn + 1, of }))
  }).flat()
}
