import { setTimeout as sleep } from 'node:timers/promises'
import {
  RejoinRequired,
  type Delivery,
  type IncomingMessage,
} from '@orders/platform/kafka/delivery'
import type { OrderIntake, Taken } from '@orders/platform/order-intake'
import type { OrderLines } from '@orders/platform/order-lines'
import { Stopped, whenSent } from '@orders/platform/patience'
import {
  collectMore,
  fallDue,
  isFull,
  nothingUncommitted,
  roomIn,
  withoutDue,
  type Uncommitted,
} from './batch.ts'

const COMMIT_TRIES = 4
const COMMIT_PAUSE_MS = 500

/** Of what a batch consists: messages of all partitions, or of one. */
export type Scope = 'all' | 'partition'

/** What a worker keeps from one delivery to the next. */
interface Worker {
  uncommitted: Uncommitted
  /** The last commit that was sent: the next one waits for it. */
  commit: Promise<void>
}

/**
 * The part of the consumer that collects: what arrives is written at once, the tenth commits. While
 * that commit is on its way the next ten are collected, but no more than those.
 */
export class BatchHandler {
  readonly #size: number
  readonly #scope: Scope
  readonly #lines: OrderLines
  /** By partition; a single one where a batch is of all of them. */
  readonly #workers = new Map<number | 'all', Worker>()

  constructor(size: number, scope: Scope, lines: OrderLines) {
    this.#size = size
    this.#scope = scope
    this.#lines = lines
  }

  /**
   * Forgets what was collected: after a change of the group it comes again. The answer to a commit
   * that is still on its way finds its worker gone, and changes nothing.
   */
  drop(): void {
    for (const { uncommitted } of this.#workers.values()) {
      const { due, open } = uncommitted
      if (due) this.#lines.say(() => `${due.count} dropped before the answer to their commit`)
      const collected = `${open.count}/${open.size}`
      if (open.count > 0) this.#lines.say(() => `${collected} dropped: they come again`)
    }
    this.#workers.clear()
  }

  /** Handles deliveries with this intake. */
  handleWith(intake: OrderIntake): (delivery: Delivery) => Promise<void> {
    return async (delivery) => {
      const worker = this.#workerOf(delivery)
      try {
        await this.#handle(intake, delivery, worker)
      } catch (error) {
        if (!(error instanceof Stopped)) throw error
      } finally {
        // Whatever has ended it: no commit stays behind that nobody waits for.
        await worker.commit.catch(() => undefined)
      }
    }
  }

  #workerOf({ partition }: Delivery): Worker {
    const name = this.#scope === 'all' ? 'all' : partition
    const known = this.#workers.get(name)
    if (known) return known
    const worker = { uncommitted: nothingUncommitted(this.#size), commit: Promise.resolve() }
    this.#workers.set(name, worker)
    return worker
  }

  async #handle(intake: OrderIntake, delivery: Delivery, worker: Worker): Promise<void> {
    if (delivery.isLost()) return
    await this.#commitFull(delivery, worker)
    const { messages } = delivery
    for (let at = 0; at < messages.length && !delivery.isStopping();) {
      if (delivery.isLost()) return
      // All that is in hand, but never beyond the tenth: nothing after it may be in its commit.
      const inHand = messages.slice(at, at + roomIn(worker.uncommitted.open))
      at += inHand.length
      const taken = await intake.take(delivery, inHand)
      // Stored, but what was collected was dropped meanwhile: it comes again.
      if (taken === null || delivery.isLost()) return
      const { count } = worker.uncommitted.open
      add(worker, delivery, inHand)
      if (isFull(worker.uncommitted.open)) {
        await worker.commit
        if (delivery.isLost()) return
        this.#beginCommit(delivery, worker)
        await whenSent()
      }
      this.#tell(delivery, inHand, taken, count)
      await keepMembership(delivery, worker)
    }
    await worker.commit
  }

  /** A commit that failed ended its delivery, not the membership: what is full still stands. */
  async #commitFull(delivery: Delivery, worker: Worker): Promise<void> {
    if (worker.uncommitted.due !== null) {
      worker.commit = this.#commit(delivery, worker)
      await worker.commit
    }
    if (!isFull(worker.uncommitted.open)) return
    this.#beginCommit(delivery, worker)
    await worker.commit
  }

  #beginCommit(delivery: Delivery, worker: Worker): void {
    worker.uncommitted = fallDue(worker.uncommitted)
    worker.commit = this.#commit(delivery, worker)
    // Whoever waits for it sees its failure; until then nobody may be surprised by it.
    worker.commit.catch(() => undefined)
  }

  #tell({ partition }: Delivery, inHand: IncomingMessage[], taken: Taken, before: number): void {
    if (this.#lines.leavesOut(inHand.length)) return
    const orders = new Map(taken.orders.map((order) => [order.offset, order]))
    for (const [i, { offset }] of inHand.entries()) {
      const progress = `, ${before + i + 1}/${this.#size} collected`
      const order = orders.get(offset)
      if (order) this.#lines.stored(partition, order, progress)
      else this.#lines.say(() => `dead-lettered partition ${partition} offset ${offset}${progress}`)
    }
  }

  /** Commits what is due, until it is or cannot be. */
  async #commit(delivery: Delivery, worker: Worker): Promise<void> {
    const { due } = worker.uncommitted
    if (due === null) return
    const { nextOffsets, count } = due
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
    worker.uncommitted = withoutDue(worker.uncommitted)
    this.#lines.say(() => `${count} committed: ${describe(nextOffsets)}`)
  }
}

/** A coordinator that takes no heartbeat may take no commit either: then that is what goes up. */
async function keepMembership(delivery: Delivery, { commit }: Worker): Promise<void> {
  try {
    await delivery.heartbeat()
  } catch (error) {
    await commit
    throw error
  }
}

function add(worker: Worker, delivery: Delivery, inHand: IncomingMessage[]): void {
  const last = inHand.at(-1)?.offset ?? 0n
  const { partition } = delivery
  worker.uncommitted = collectMore(worker.uncommitted, partition, inHand.length, last + 1n)
  delivery.resolve(last)
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
