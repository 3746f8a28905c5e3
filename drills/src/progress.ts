/** Moments at which something went on, oldest first, and how much by then. */
export class Progress {
  readonly #times: number[] = []
  #total = 0

  /** How much there has been. */
  get total(): number {
    return this.#total
  }

  /** When it last went on; null when it never did. */
  get lastAtMs(): number | null {
    return this.#times.at(-1) ?? null
  }

  /** Takes note of a total; nothing happens when it is not more than before. */
  reach(total: number, atMs: number): void {
    if (total <= this.#total) return
    this.#total = total
    this.#times.push(atMs)
  }

  /** The longest stretch without progress that touches this span of time, its part inside it. */
  longestGapMs(fromMs: number, toMs: number): number {
    return longestGapMs(this.#times, fromMs, toMs)
  }
}

/** The longest stretch between two neighbours of the sorted times, both ends of the span included. */
export function longestGapMs(times: readonly number[], fromMs: number, toMs: number): number {
  const inside = times.filter((time) => time > fromMs && time < toMs)
  let longest = 0
  let before = fromMs
  for (const time of [...inside, toMs]) {
    longest = Math.max(longest, time - before)
    before = time
  }
  return longest
}
