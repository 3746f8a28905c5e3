import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { describeLoss, untilBusy } from './observe.ts'

/** Restarts one broker after the other, as an upgrade would. */
export async function rollingRestart(arena: Arena, random: Random): Promise<Injection> {
  const { brokers, topic } = arena
  const first = random.pick(brokers.ids)
  const order = [
    ...brokers.ids.filter((id) => id >= first),
    ...brokers.ids.filter((id) => id < first),
  ]
  const losses: string[] = []
  const { inFlight } = await untilBusy(arena)
  const startedAtMs = Date.now()
  for (const id of order) {
    const states = await brokers.describeTopic(topic)
    try {
      await brokers.terminate(id)
      const loss = describeLoss(id, states, await brokers.describeTopic(topic))
      if (loss !== null) losses.push(`broker ${id}: ${loss}`)
    } finally {
      await brokers.start()
    }
    await brokers.untilWhole()
  }
  return {
    what: `SIGTERM and start of brokers ${order.join(', ')} in turn`,
    bite: losses.length === 0 ? null : `${losses.join('; ')}; ${inFlight} orders in flight`,
    startedAtMs,
    endedAtMs: Date.now(),
  }
}
