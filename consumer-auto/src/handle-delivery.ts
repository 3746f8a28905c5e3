import type { Delivery, IncomingMessage } from '@orders/platform/kafka/delivery'
import type { OrderIntake } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped, whenSent } from '@orders/platform/patience'

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
      for (const [i, message] of delivery.messages.entries()) {
        if (delivery.isStopping() || delivery.isLost()) return
        const taken = await intake.take(delivery, [message])
        // Stored, but another member may own the partition now: then it comes again over there.
        if (taken === null || delivery.isLost()) return
        delivery.resolve(message.offset)
        const committed = mode === 'each' ? delivery.commitResolved() : delivery.commitInTime()
        if (mode === 'each') await prepareNext(committed, intake, delivery.messages[i + 1])
        for (const order of taken.orders) lines.stored(delivery.partition, order)
        await committed
        if (mode === 'each') lines.say(() => committedLine(delivery, message))
        await delivery.heartbeat()
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
  }
}

/** While the commit is on its way to the broker and back, there is time to look at what is next. */
async function prepareNext(
  committed: Promise<void>,
  intake: OrderIntake,
  next: IncomingMessage | undefined,
): Promise<void> {
  // Whoever waits for it sees its failure; until then nobody may be surprised by it.
  committed.catch(() => undefined)
  await whenSent()
  if (next !== undefined) intake.lookAhead([next])
}

function committedLine({ partition }: Delivery, { offset }: IncomingMessage): string {
  return `committed partition ${partition} offset ${offset + 1n}`
}
