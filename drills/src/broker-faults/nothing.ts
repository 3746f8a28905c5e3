import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Injection } from '../drill.ts'

const LASTS_MS = 20_000

/** Breaks nothing and lets orders flow. */
export async function healthyFlow({ pulse, signal }: Arena): Promise<Injection> {
  const before = pulse.acknowledged
  const startedAtMs = Date.now()
  await sleep(LASTS_MS, undefined, { signal })
  const flowed = pulse.acknowledged - before
  return {
    what: `${LASTS_MS / 1_000} s in which nothing is broken`,
    bite: flowed > 0 ? `${flowed} orders flowed` : null,
    startedAtMs,
    endedAtMs: Date.now(),
  }
}
