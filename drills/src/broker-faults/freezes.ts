import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena, Injection } from '../drill.ts'
import { inSeconds, untilBusy, watchLoss } from './observe.ts'

/** Only a part of the partition's orders can have been acknowledged just before the freeze. */
const SILENCE_MIN_MS = 2_000

/** Freezes the leader of the fullest partition: it is there, and says nothing. */
export async function leaderFreeze(arena: Arena, lastsMs: number): Promise<Injection> {
  const { brokers, pulse, topic } = arena
  const { partition, leader } = await brokers.busiestLeader(topic)
  const states = await brokers.describeTopic(topic)
  await untilBusy(arena)
  const startedAtMs = Date.now()
  let silence: string | null = null
  const watch = watchLoss(arena, leader, states)
  try {
    brokers.freeze(leader)
    await sleep(lastsMs, undefined, { signal: arena.signal })
    const lastMs = pulse.lastAcknowledgedAtMs(partition) ?? startedAtMs
    const silentMs = Date.now() - lastMs
    const { inFlight } = pulse
    if (silentMs >= SILENCE_MIN_MS && inFlight > 0) {
      silence = `partition ${partition} silent for ${inSeconds(silentMs)}, ${inFlight} in flight`
    }
  } finally {
    brokers.thaw(leader)
  }
  const endedAtMs = Date.now()
  const loss = await watch.stop()
  await brokers.untilWhole()
  const bite = [loss, silence].filter((text) => text !== null).join(', ')
  return {
    what: `SIGSTOP of broker ${leader}, the leader of partition ${partition}, for ${inSeconds(lastsMs)}`,
    bite: bite === '' ? null : bite,
    startedAtMs,
    endedAtMs,
  }
}
