import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Injection } from '../drill.ts'
import { complaints } from '../faults/notes.ts'
import type { Random } from '../random.ts'
import { inSeconds, untilBusy, watchLoss } from './observe.ts'

/** A dead broker is missed after its session of 9 s; then others lead, and orders go on. */
const ACKNOWLEDGED_GAP_MAX_MS = 15_000
const DEAD_MIN_MS = 3_000
const DEAD_MAX_MS = 12_000

/** Kills the leader of the fullest partition. */
export async function leaderKill(arena: Arena, random: Random): Promise<Injection> {
  const { partition, leader } = await arena.brokers.busiestLeader(arena.topic)
  return killOne(arena, random, leader, `the leader of partition ${partition}`)
}

/** Kills the coordinator of one of the two groups. */
export async function coordinatorKill(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(['auto', 'batch'] as const)
  const id = await arena.brokers.coordinatorOf(arena.groupOf(name))
  return killOne(arena, random, id, `the coordinator of ${name}`)
}

/** Kills the active controller. */
export async function controllerKill(arena: Arena, random: Random): Promise<Injection> {
  const id = await arena.brokers.controller()
  return killOne(arena, random, id, 'the active controller')
}

async function killOne(arena: Arena, random: Random, id: number, who: string): Promise<Injection> {
  const { brokers, topic } = arena
  const deadMs = random.whole(DEAD_MIN_MS, DEAD_MAX_MS)
  const states = await brokers.describeTopic(topic)
  const before = await untilBusy(arena)
  const startedAtMs = Date.now()
  const watch = watchLoss(arena, id, states)
  try {
    await brokers.kill(id)
    await sleep(deadMs, undefined, { signal: arena.signal })
  } finally {
    await brokers.start()
  }
  const endedAtMs = Date.now()
  const loss = await watch.stop()
  await brokers.untilWhole()
  const gapMs = arena.pulse.gaps(startedAtMs, Date.now()).acknowledged
  if (gapMs > ACKNOWLEDGED_GAP_MAX_MS) {
    const limit = inSeconds(ACKNOWLEDGED_GAP_MAX_MS)
    complaints
      .of(arena)
      .push(`nothing was acknowledged for ${inSeconds(gapMs)} instead of at most ${limit}`)
  }
  return {
    what: `kill -9 of broker ${id}, ${who}, for ${inSeconds(deadMs)}`,
    bite:
      loss === null || before.inFlight === 0
        ? null
        : `${loss}, ${before.inFlight} orders in flight`,
    startedAtMs,
    endedAtMs,
  }
}
