import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { complaints } from '../faults/notes.ts'
import { inSeconds, untilBusy } from './observe.ts'

const DEAD_MIN_MS = 10_000
const DEAD_MAX_MS = 30_000
/** What was acknowledged right before the end may be read from the ledger a little later. */
const SETTLE_MS = 2_000

/** Kills two brokers of three at once: no partition has enough replicas in sync. */
export async function twoBrokersDead(arena: Arena, random: Random): Promise<Injection> {
  const spared = random.pick(arena.brokers.ids)
  const ids = arena.brokers.ids.filter((id) => id !== spared)
  return killSeveral(arena, random, ids)
}

/** Kills all three at once. */
export async function allBrokersDead(arena: Arena, random: Random): Promise<Injection> {
  return killSeveral(arena, random, arena.brokers.ids)
}

async function killSeveral(arena: Arena, random: Random, ids: number[]): Promise<Injection> {
  const { brokers, pulse, signal } = arena
  const deadMs = random.whole(DEAD_MIN_MS, DEAD_MAX_MS)
  const { inFlight } = await untilBusy(arena)
  const startedAtMs = Date.now()
  let acknowledgedMeanwhile = 0
  let waiting = 0
  try {
    await Promise.all(ids.map((id) => brokers.kill(id)))
    await sleep(SETTLE_MS, undefined, { signal })
    const before = pulse.acknowledged
    await sleep(deadMs - SETTLE_MS, undefined, { signal })
    acknowledgedMeanwhile = pulse.acknowledged - before
    waiting = pulse.inFlight
  } finally {
    await brokers.start()
  }
  const endedAtMs = Date.now()
  await brokers.untilWhole()
  if (acknowledgedMeanwhile > 0) {
    const what = `${acknowledgedMeanwhile} orders were acknowledged without enough brokers`
    complaints.of(arena).push(what)
  }
  return {
    what: `kill -9 of brokers ${ids.join(' and ')} for ${inSeconds(deadMs)}`,
    bite:
      waiting === 0
        ? null
        : `nothing acknowledged, ${inFlight} orders in flight before, ${waiting} at the end`,
    startedAtMs,
    endedAtMs,
  }
}
