import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Injection } from '../drill.ts'

/** Does a fault between two looks at the clock; the answer says what shows its effect. */
export async function timed(what: string, act: () => Promise<string | null>): Promise<Injection> {
  const startedAtMs = Date.now()
  const bite = await act()
  return { what, bite, startedAtMs, endedAtMs: Date.now() }
}

/** Does a fault, waits, and ends it, whatever happens; the answer is that of the ending. */
export async function lasting(
  arena: Arena,
  { what, lastsMs }: { what: string; lastsMs: number },
  begin: () => Promise<void> | void,
  end: () => Promise<string | null> | string | null,
): Promise<Injection> {
  return timed(what, async () => {
    let bite: string | null = null
    try {
      await begin()
      await wait(arena, lastsMs)
    } finally {
      bite = await end()
    }
    return bite
  })
}

/** Waits, but no longer than the drill goes on. */
export async function wait({ signal }: Arena, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal })
}
