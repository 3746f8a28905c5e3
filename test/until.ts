import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100
const LIMIT_MS = 60_000

/** Waits until something is so; at the limit it fails, naming what was waited for. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const end = Date.now() + limitMs
  let last: unknown = 'it was not so'
  while (Date.now() < end) {
    try {
      if (await isSo()) return
    } catch (error) {
      last = error
    }
    await sleep(POLL_MS)
  }
  throw new Error(`not within ${limitMs} ms: ${what}`, { cause: last })
}
