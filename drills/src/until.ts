import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '@orders/platform/user-error'

const POLL_MS = 100

/** How to wait for something. */
export interface Wait {
  /** Names what is waited for, for the error at the limit. */
  what: string
  limitMs: number
  signal: AbortSignal
  everyMs?: number
}

/** Waits until an answer is there, and gives it; an attempt that throws counts as none yet. */
export async function untilGiven<T>(
  { what, limitMs, signal, everyMs = POLL_MS }: Wait,
  ask: () => Promise<T | null> | T | null,
): Promise<T> {
  const end = Date.now() + limitMs
  let last: unknown = 'it was not so'
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null) return answer
    } catch (error) {
      last = error
    }
    signal.throwIfAborted()
    if (Date.now() >= end) {
      const cause = last instanceof Error ? last : undefined
      const why = describeError(last)
      throw new Error(`not within ${limitMs / 1_000} s: ${what} (${why})`, { cause })
    }
    await sleep(everyMs, undefined, { signal })
  }
}

/** Waits until something is so. */
export async function until(wait: Wait, isSo: () => Promise<boolean> | boolean): Promise<void> {
  await untilGiven(wait, async () => ((await isSo()) ? true : null))
}
