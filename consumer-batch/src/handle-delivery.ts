import { setTimeout as sleep } from 'node:timers/promises'
import {
  RejoinRequired,
  type Delivery,
  type IncomingMessage,
} from '@orders/platform/kafka/delivery'
import type { OrderIntake, Taken } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped, whenSent } from '@orders/platform/patience'
import { collect, emptyBatch, isFull, roomIn, type Batch } from './batch.ts'

const COMMIT_TRIES = 4
const COMMIT_PAUSE_MS = 500

/** Of what a batch consists: messages of all partitions, or of one. */
export type Scope = 'all' | 'partition'

/** The part of the consumer that collects: what arrives is written at once, the tenth commits. */
export class BatchHandler {
  readonly #size: number
  readonly #scope: Scope
  readonly #lines: OrderLines
  /** What is collected, by partition; under one name where a batch is of all of them. */
  readonly #batches = new Map<number | 'all', Batch>()

  constructor(size: number, scope: Scope, lines: OrderLines) {
    this.#size = size
    this.#scope = scope
    this.#lines = lines
  }

  /** Forgets what was collected: after a change of the group it comes again. */
  drop(): void {
    for (const { count } of this.#batches.values()) {
      if (count > 0) this.#lines.say(() => `${count}/${this.#size} dropped: they come again`)
    }
    this.#batches.clear()
  }

  /** Handles deliveries with this intake. */
  handleWith(intake: OrderIntake): (delivery: Delivery) => Promise<void> {
    return async (delivery) => {
      try {
        await this.#handle(intake, delivery)
      } catch (error) {
        if (!(error instanceof Stopped)) throw error
      }
    }
  }

  #batchOf({ partition }: Delivery): Batch {
    return this.#batches.get(this.#nameOf(partition)) ?? emptyBatch(this.#size)
  }

  #nameOf(partition: number): number | 'all' {
    return this.#scope === 'all' ? 'all' : partition
  }

  async #handle(intake: OrderIntake, delivery: Delivery): Promise<void> {
    // A commit that failed ended the last delivery, not the membership: the ten still stand.
    if (isFull(this.#batchOf(delivery))) await this.#commit(delivery)
    const { messages } = delivery
    for (let at = 0; at < messages.length;) {
      if (delivery.isStopping() || delivery.isLost()) return
      // All that is in hand, but never beyond the tenth: nothing after it may be in its commit.
      const inHand = messages.slice(at, at + roomIn(this.#batchOf(delivery)))
      at += inHand.length
      const taken = await intake.take(delivery, inHand)
      // Stored, but the batch was dropped meanwhile: what it counted comes again.
      if (taken === null || delivery.isLost()) return
      const seen = this.#add(delivery, inHand)
      const committed = isFull(this.#batchOf(delivery)) ? this.#commit(delivery) : null
      // Whoever waits for it sees its failure; until then nobody may be surprised by it.
      committed?.catch(() => undefined)
      if (committed !== null) {
        await whenSent()
        // While the commit is on its way to the broker and back, there is time for this.
        intake.lookAhead(messages.slice(at, at + this.#size))
      }
      this.#tell(delivery, inHand, taken, seen)
      await committed
      await delivery.heartbeat()
    }
  }

  /** Gives how many were collected before. */
  #add(delivery: Delivery, inHand: IncomingMessage[]): number {
    const { partition } = delivery
    const last = inHand.at(-1)?.offset ?? 0n
    const batch = this.#batchOf(delivery)
    this.#batches.set(this.#nameOf(partition), collect(batch, partition, inHand.length, last + 1n))
    delivery.resolve(last)
    return batch.count
  }

  #tell({ partition }: Delivery, inHand: IncomingMessage[], taken: Taken, before: number): void {
    const orders = new Map(taken.orders.map((order) => [order.offset, order]))
    for (const [i, { offset }] of inHand.entries()) {
      const progress = `, ${before + i + 1}/${this.#size} collected`
      const order = orders.get(offset)
      if (order) this.#lines.stored(partition, order, progress)
      else this.#lines.say(() => `dead-lettered partition ${partition} offset ${offset}${progress}`)
    }
  }

  async #commit(delivery: Delivery): Promise<void> {
    const { nextOffsets, count } = this.#batchOf(delivery)
    for (let tries = 1; ; tries += 1) {
      try {
        await delivery.commit(nextOffsets)
        break
      } catch (error) {
        if (isGroupChange(error) || delivery.isLost()) throw error
        if (tries === COMMIT_TRIES) throw new RejoinRequired('no commit', { cause: error })
        await sleep(COMMIT_PAUSE_MS)
        // A coordinator that is away takes no heartbeat either. That must not end this loop: a
        // full batch has no room for the next delivery.
        await delivery.heartbeat().catch(throwGroupChange)
      }
    }
    this.#batches.delete(this.#nameOf(delivery.partition))
    this.#lines.say(() => `${count} committed: ${describe(nextOffsets)}`)
  }
}

function describe(nextOffsets: ReadonlyMap<number, bigint>): string {
  const places = [...nextOffsets].sort(([a], [b]) => a - b)
  return places.map(([partition, offset]) => `partition ${partition} → ${offset}`).join(', ')
}

function throwGroupChange(error: unknown): void {
  if (isGroupChange(error)) throw error
}

/** Errors by which the client library itself joins again. */
function isGroupChange(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : null
  return (
    type === 'REBALANCE_IN_PROGRESS' ||
    type === 'NOT_COORDINATOR_FOR_GROUP' ||
    type === 'ILLEGAL_GENERATION' ||
    type === 'UNKNOWN_MEMBER_ID'
  )
}
