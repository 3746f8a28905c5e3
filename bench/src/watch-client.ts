import { until } from '@orders/drills/until'
import type { RunningClient } from './clients.ts'
import type { Lab } from './lab.ts'
import type { Measure } from './result.ts'
import { usageBetween } from './usage.ts'
import { sampleDuring } from './usage-sampler.ts'

const RUN_LIMIT_MS = 15 * 60_000
const POLL_MS = 20
const MS_PER_SECOND = 1_000

/** Waits for a client that says itself from when to when its work took, and measures that time. */
export async function watchClient(
  lab: Lab,
  client: RunningClient,
  { what, orders }: { what: string; orders: number },
): Promise<Measure> {
  const wait = { what, limitMs: RUN_LIMIT_MS, signal: lab.signal, everyMs: POLL_MS }
  const { samples, memoryMb } = await sampleDuring(lab.settings, [client.pid], () =>
    until(wait, () => client.isDone()),
  )
  const { window, said } = await client.finish()
  if (window === null) throw new Error('it does not say how long it took')
  const seconds = (window.toMs - window.fromMs) / MS_PER_SECOND
  const cpu = usageBetween(samples, window)
  return { window, orders, seconds, cpu, memoryMb, latency: null, said }
}
