import type { Delivery } from '@orders/platform/kafka/delivery'
import type { OrderIntake } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped } from '@orders/platform/patience'

/**
 * Takes orders one by one: into Redis, then the commit, and only then the next. What was resolved
 * but could not be committed last time is committed first.
 */
export function createHandler(intake: OrderIntake, lines: OrderLines) {
  return async (delivery: Delivery): Promise<void> => {
    try {
      await delivery.commitResolved()
      for (const message of delivery.messages) {
        if (delivery.isStopping() || delivery.isLost()) return
        const taken = await intake.take(delivery, [message])
        // Stored, but another member may own the partition now: then it comes again over there.
        if (taken === null || delivery.isLost()) return
        for (const order of taken.orders) lines.stored(delivery.partition, order)
        delivery.resolve(message.offset)
        await delivery.commitResolved()
        lines.say(`committed partition ${delivery.partition} offset ${message.offset + 1n}`)
        await delivery.heartbeat()
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
  }
}
