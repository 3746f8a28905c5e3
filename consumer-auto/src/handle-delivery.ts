import type { Delivery, IncomingMessage } from '@orders/platform/kafka/delivery'
import type { OrderIntake, Taken } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped, whenSent } from '@orders/platform/patience'

/** Does with a delivery what a consumer does; when it returns early, the rest comes again. */
type Handler = (delivery: Delivery) => Promise<void>

/**
 * Takes orders one by one: into Redis, then the commit, and only then the next. What was resolved
 * but could not be committed last time is committed first.
 */
export function commitEach(intake: OrderIntake, lines: OrderLines): Handler {
  return untilStopped(async (delivery) => {
    await delivery.commitResolved()
    for (const [i, message] of delivery.messages.entries()) {
      const orders = await store(intake, delivery, [message])
      if (orders === null) return
      const committed = delivery.commitResolved()
      await prepareNext(committed, intake, delivery.messages[i + 1])
      tellStored(delivery, orders, lines)
      await committed
      lines.say(() => committedLine(delivery, message))
      await delivery.heartbeat()
    }
  })
}

/**
 * Takes orders to Redis, so many of a partition with one write, and does not wait for commits: they
 * come by the clock, still never ahead of Redis. A crash then repeats what came since the last one.
 */
export function commitInBackground(
  intake: OrderIntake,
  lines: OrderLines,
  writeSize: number,
): Handler {
  return untilStopped(async (delivery) => {
    const { messages } = delivery
    for (let at = 0; at < messages.length; at += writeSize) {
      const orders = await store(intake, delivery, messages.slice(at, at + writeSize))
      if (orders === null) return
      tellStored(delivery, orders, lines)
      await delivery.commitInTime()
      await delivery.heartbeat()
    }
  })
}

/** All but the end of the process is somebody else's business. */
function untilStopped(handle: Handler): Handler {
  return async (delivery) => {
    try {
      await handle(delivery)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
  }
}

/** Stores messages with one write and resolves them; null when it is not for this member to go on. */
async function store(
  intake: OrderIntake,
  delivery: Delivery,
  messages: IncomingMessage[],
): Promise<Taken['orders'] | null> {
  if (delivery.isStopping() || delivery.isLost()) return null
  const taken = await intake.take(delivery, messages)
  // Stored, but another member may own the partition now: then it comes again over there.
  if (taken === null || delivery.isLost()) return null
  const last = messages.at(-1)
  if (last) delivery.resolve(last.offset)
  return taken.orders
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

function tellStored(
  { partition }: Delivery,
  orders: readonly Taken['orders'][number][],
  lines: OrderLines,
): void {
  if (lines.leavesOut(orders.length)) return
  for (const order of orders) lines.stored(partition, order)
}

function committedLine({ partition }: Delivery, { offset }: IncomingMessage): string {
  return `committed partition ${partition} offset ${offset + 1n}`
}
