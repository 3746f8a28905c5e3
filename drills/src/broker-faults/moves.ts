import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { until } from '../until.ts'
import { untilBusy } from './observe.ts'

const MOVE_LIMIT_MS = 20_000

/** Moves the leader of a partition to another of its replicas. */
export async function leaderMove(arena: Arena, random: Random): Promise<Injection> {
  const { brokers, topic, signal } = arena
  const states = await brokers.describeTopic(topic)
  const { partition, leader, replicas } = random.pick(states)
  const target = random.pick(replicas.filter((id) => id !== leader))
  const { inFlight } = await untilBusy(arena)
  const startedAtMs = Date.now()
  await brokers.moveLeader(topic, partition, target)
  const what = `broker ${target} leads partition ${partition}`
  const isMoved = async (): Promise<boolean> =>
    (await brokers.leaderOf(topic, partition)) === target
  const wait = { what, limitMs: MOVE_LIMIT_MS, signal }
  const moved = await until(wait, isMoved).then(
    () => true,
    () => false,
  )
  signal.throwIfAborted()
  return {
    what: `leader of partition ${partition} moved from broker ${leader} to ${target}`,
    bite: moved ? `it leads, ${inFlight} orders in flight` : null,
    startedAtMs,
    endedAtMs: Date.now(),
  }
}
