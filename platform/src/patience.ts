import { setTimeout as sleep } from 'node:timers/promises'
import { UserError, describeError } from './user-error.ts'

const WAIT_FIRST_MS = 100
const WAIT_MAX_MS = 2_000
const SAY_AFTER_MS = 500
const SAY_AGAIN_AFTER_MS = 10_000

/** How to wait for something that is away. */
export interface Patience {
  /** Names what is waited for, as the subject of a sentence: `Redis at redis://…`. */
  what: string
  /** What a person can do about it, when the limit is reached. */
  advice: string
  limitMs: number
  signal: AbortSignal
  /** Says whether an error means «away»; any other is thrown at once. */
  isAway: (error: unknown) => boolean
  /** Called when the wait has become worth a word, and every ten seconds after. */
  onWait: (message: string) => void
  /** Called once, when it is back after a wait that was told. */
  onBack?: (message: string) => void
  /** Called between the tries: keeps a group membership alive; may throw. */
  beat?: () => Promise<void>
}

/** Work was given up because the process is stopping; nothing is wrong. */
export class Stopped extends Error {
  override name = 'Stopped'
}

/**
 * Tries until it works, with growing pauses of at most 2 s; at least once, even when stopping, so
 * that what is in hand is finished. Throws `Stopped` when it fails and the signal is aborted, a `UserError` at the limit, and any error that does not mean «away» at once.
 */
export async function untilBack<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  const { what, advice, limitMs, signal, isAway, onWait, onBack, beat } = patience
  const start = Date.now()
  let saidAt = -Infinity
  for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      const result = await attempt()
      if (saidAt > 0) onBack?.(`${what} is back after ${seconds(Date.now() - start)}`)
      return result
    } catch (error) {
      if (error instanceof Stopped || !isAway(error)) throw error
      if (signal.aborted) throw new Stopped(`stopped while waiting for ${what}`)
      const waitedMs = Date.now() - start
      if (waitedMs >= limitMs) {
        const reason = describeError(error)
        throw new UserError(`${what} is away since ${seconds(waitedMs)} (${reason}): ${advice}`, {
          cause: error,
        })
      }
      if (waitedMs >= SAY_AFTER_MS && Date.now() - saidAt >= SAY_AGAIN_AFTER_MS) {
        saidAt = Date.now()
        onWait(`waiting for ${what}: ${describeError(error)}`)
      }
    }
    await pause(waitMs, signal)
    await beat?.()
  }
}

/** Sleeps, but no longer than until the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/** Waits for work, but no longer than so many ms; what is not done by then goes on by itself. */
export async function waitAtMost(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([work, sleep(ms, undefined, { ref: false })])
}

/**
 * Resolves when all that can go on at once has gone on: a request that was just begun is then on
 * its way, and what is done next is done while its answer is waited for.
 */
export function whenSent(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
}
