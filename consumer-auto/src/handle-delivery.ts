import type { Delivery, IncomingMessage } from '@orders/platform/kafka/delivery'
import type { OrderIntake } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped } from '@orders/platform/patience'

/** When to commit: after every order and before the next, or by the clock. */
export type CommitMode = 'each' | 'background'

/**
 * Takes orders one by one: into Redis, then the commit, and only then the next. What was resolved
 * but could not be committed last time is committed first. In the background mode commits come by
 * the clock, still never ahead of Redis; a crash then repeats what came since the last one.
 */
export function createHandler(intake: OrderIntake, mode: CommitMode, lines: OrderLines) {
  return async (delivery: Delivery): Promise<void> => {
    try {
      if (mode === 'each') await delivery.commitResolved()
      for (const message of delivery.messages) {
        if (delivery.isStopping() || delivery.isLost()) return
        const taken = await intake.take(delivery, [message])
        // Stored, but another member may own the partition now: then it comes again over there.
        if (taken === null || delivery.isLost()) return
        for (const order of taken.orders) lines.stored(delivery.partition, order)
        delivery.resolve(message.offset)
        if (mode === 'each') await commit(delivery, message, lines)
        else await delivery.commitInTime()
        await delivery.heartbeat()
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
  }
}

async function commit(delivery: Delivery, { offset }: IncomingMessage, lines: OrderLines) {
  await delivery.commitResolved()
  lines.say(() => `committed partition ${delivery.partition} offset ${offset + 1n}`)
}
