import { setTimeout as sleep } from 'node:timers/promises'
import type { PartitionState } from '../brokers.ts'
import type { Arena } from '../drill.ts'

/** What was going on right before a fault. */
export interface Before {
  inFlight: number
  acknowledged: number
  atMs: number
}

const WATCH_POLL_MS = 500
const BUSY_POLL_MS = 5
const BUSY_LIMIT_MS = 3_000

/** Waits for a moment at which orders are on their way, and says how many. */
export async function untilBusy({ pulse, signal }: Arena): Promise<Before> {
  const end = Date.now() + BUSY_LIMIT_MS
  // A quick machine has them acknowledged before anybody looks; then any moment is as good.
  while (pulse.mark().orderIds.length === 0 && Date.now() < end) {
    await sleep(BUSY_POLL_MS, undefined, { signal })
  }
  return { inFlight: pulse.inFlight, acknowledged: pulse.acknowledged, atMs: Date.now() }
}

/**
 * Looks at the topic until `stop`, which gives a sentence about what a broker has lost there, or
 * null. The others learn that it is gone when its session ends, or as it comes back.
 */
export function watchLoss(
  { brokers, topic, signal }: Arena,
  id: number,
  before: readonly PartitionState[],
): { stop(): Promise<string | null> } {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const watch = async (): Promise<string | null> => {
    let seen: string | null = null
    while (!either.aborted) {
      // While a quorum is being elected nobody may answer.
      const now = await brokers.describeTopic(topic).catch(() => [])
      seen = describeLoss(id, before, now) ?? seen
      await sleep(WATCH_POLL_MS, undefined, { signal: either }).catch(() => undefined)
    }
    return seen
  }
  const watching = watch()
  return {
    stop: () => {
      over.abort()
      return watching
    },
  }
}

/** What a broker had of a topic before and has not now; null when it has lost nothing. */
export function describeLoss(
  id: number,
  before: readonly PartitionState[],
  now: readonly PartitionState[],
): string | null {
  const at = (partition: number): PartitionState | undefined =>
    now.find((state) => state.partition === partition)
  const moved = before.filter(({ leader, partition }) => {
    const after = at(partition)
    return leader === id && after !== undefined && after.leader !== id
  })
  const shrunk = before.filter(({ isr, partition }) => {
    return isr.includes(id) && at(partition)?.isr.includes(id) === false
  })
  const said = [
    moved.length > 0 ? `leader moved in ${moved.length} partitions` : null,
    shrunk.length > 0 ? `ISR shrank in ${shrunk.length}` : null,
  ].filter((text) => text !== null)
  return said.length === 0 ? null : said.join(', ')
}

/** How many ms, as a person would say it. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
