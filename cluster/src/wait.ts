import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError } from './cluster-error.ts'
import type { Report } from './report.ts'

/** Something to wait for. */
export interface Wait {
  /** What it is for people, such as `kafka-2`. */
  what: string
  limitMs: number
  /** Says null when it is there, else in a few words what is still missing. */
  probe: () => Promise<string | null>
  /** Throws when there is nothing left to wait for. */
  check: () => void
  /** Where to look when it does not come. */
  log: string
}

const POLL_EVERY_MS = 200

/** Waits until a probe says yes; resolves to how long that took. */
export async function waitUntil(wait: Wait, report: Report, signal: AbortSignal): Promise<number> {
  const startedAtMs = Date.now()
  for (;;) {
    signal.throwIfAborted()
    wait.check()
    const missing = await wait.probe()
    const waitedMs = Date.now() - startedAtMs
    if (missing === null) return waitedMs
    // Asked again: the probe may have failed because its part has just died.
    wait.check()
    if (waitedMs > wait.limitMs) {
      throw new ClusterError(
        `${wait.what} was not ready after ${seconds(wait.limitMs)} (${missing}): see ${wait.log}`,
      )
    }
    if (waitedMs >= 1_000) {
      report.progress(`waiting for ${wait.what}: ${missing}, ${seconds(waitedMs)}`)
    }
    await sleep(POLL_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/** Writes a duration as people say it. */
export function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1000)} s`
}
