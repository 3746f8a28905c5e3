import { pause } from '@orders/platform/patience'
import { describeError } from '@orders/platform/user-error'
import type { PartitionFacts } from './facts.ts'

const POLL_MS = 300
const NO_PROGRESS_MS = 120_000

/** How to wait for the consumers. */
export interface ReadersWait {
  fetch: () => Promise<PartitionFacts[]>
  signal: AbortSignal
  onWait: (message: string) => void
}

/**
 * Waits until both consumers have everything on the log in Redis and the auto consumer has
 * committed it. False when nothing moves for two minutes, or the signal comes.
 */
export async function waitForReaders({ fetch, signal, onWait }: ReadersWait): Promise<boolean> {
  let last = ''
  let lastChange = Date.now()
  while (!signal.aborted) {
    const parts = await fetch().catch((error: unknown) => {
      onWait(`cannot look at the moment: ${describeError(error)}`)
      return null
    })
    if (parts?.every(isRead)) return true
    const now = JSON.stringify(
      parts?.map(({ auto, batch }) => [auto.committed, batch.next].map(String)),
    )
    if (now !== last && parts) {
      last = now
      lastChange = Date.now()
    } else if (Date.now() - lastChange > NO_PROGRESS_MS) {
      onWait(`the consumers have made no progress for ${NO_PROGRESS_MS / 1_000} s`)
      return false
    }
    await pause(POLL_MS, signal)
  }
  return false
}

/** An empty partition has been read by anybody. */
function isRead({ low, high, auto, batch }: PartitionFacts): boolean {
  return low === high || (auto.next >= high && auto.committed >= high && batch.next >= high)
}
