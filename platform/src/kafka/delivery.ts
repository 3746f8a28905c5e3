import type { EachBatchPayload, IHeaders } from 'kafkajs'
import type { SendCommit } from './shared-commits.ts'

/** The headers of a message; a header may come more than once. */
export type MessageHeaders = IHeaders

/** One message as it came from the log. */
export interface IncomingMessage {
  offset: bigint
  key: Buffer | null
  value: Buffer | null
  headers: MessageHeaders
  /** When the producer made it, in ms. */
  timestamp: number
}

/**
 * Messages of one partition, in the order of the log. Whoever finds it lost returns at once and
 * resolves nothing more: what is not resolved comes again, here or at another member.
 */
export interface Delivery {
  readonly partition: number
  readonly messages: IncomingMessage[]
  /** The group has changed since this was fetched, or the partition is being read again. */
  isLost(): boolean
  /** The process is stopping: finish what is in hand, take nothing more. */
  isStopping(): boolean
  /** Marks everything up to this offset as done here. */
  resolve(offset: bigint): void
  /**
   * Commits what is resolved: by one worker of all partitions, by a worker of a partition of its
   * own. Throws when the coordinator does not agree.
   */
  commitResolved(): Promise<void>
  /** Commits what is resolved of all partitions when it is time to, by the clock. */
  commitInTime(): Promise<void>
  /** Commits the next offset of each partition; throws `RejoinRequired` for one not owned. */
  commit(nextOffsets: ReadonlyMap<number, bigint>): Promise<void>
  /** Reads this partition from another offset on, with the next delivery. */
  seek(offset: bigint): void
  /** Keeps the membership; throws when the group is rebalancing, and that error must go up. */
  heartbeat(): Promise<void>
}

/** Makes the client library leave its loop and join the group anew, coordinator included. */
export class RejoinRequired extends Error {
  override name = 'RejoinRequired'
  /** The library goes by this property, not by the class. */
  readonly type = 'REBALANCE_IN_PROGRESS'
}

interface Membership {
  /** Everything below this offset has been resolved by this member already. */
  readonly done: bigint
  resolved(offset: bigint): void
  isLost(): boolean
  isStopping(): boolean
  owns(partition: number): boolean
  seek(offset: bigint): void
  beat(): void
  /** Whether other partitions are handled at the same time, and commit for themselves. */
  readonly isShared: boolean
  /** Sends a commit, alone or with what other workers have to commit. */
  commit(nextOffsets: ReadonlyMap<number, bigint>, send: SendCommit): Promise<void>
  /** Called just before a commit is sent. */
  committing(): Promise<void>
  /** Called when it has been confirmed. */
  committed(nextOffsets: ReadonlyMap<number, bigint>): Promise<void>
  /** What is resolved and not committed: of one partition, or with null of all. */
  uncommitted(partition: number | null): ReadonlyMap<number, bigint>
}

/**
 * Puts a batch of the client library into the words of this project. Throws `RejoinRequired` when
 * its partition is not owned, as between the end of a membership and the next, and when it begins before what is resolved: the library has a fetcher for every broker, and after a change
 * of leader two of them can bring the same messages. They must not be skipped either: a topic that
 * was deleted and made again begins before it as well.
 */
export function createDelivery(payload: EachBatchPayload, membership: Membership): Delivery {
  const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary } = payload
  const { topic, partition } = batch
  // When joining again fails, the library reads on as what it was before and says nothing.
  if (!membership.owns(partition)) {
    throw new RejoinRequired(`partition ${partition} came while this member did not own it`)
  }
  const [first] = batch.messages
  if (first && BigInt(first.offset) < membership.done) {
    throw new RejoinRequired(`offset ${first.offset} of partition ${partition} came once more`)
  }
  const commit = async (nextOffsets: ReadonlyMap<number, bigint>): Promise<void> => {
    await membership.committing()
    await membership.commit(nextOffsets, (offsets) =>
      commitOffsetsIfNecessary({ topics: [{ topic, partitions: asPartitions(offsets) }] }),
    )
    await membership.committed(nextOffsets)
  }
  return {
    partition,
    messages: batch.messages.map(({ offset, key, value, headers, timestamp }) => ({
      offset: BigInt(offset),
      key,
      value,
      headers: headers ?? {},
      timestamp: Number(timestamp),
    })),
    isLost: () => membership.isLost(),
    isStopping: () => membership.isStopping(),
    resolve: (offset) => {
      resolveOffset(String(offset))
      membership.resolved(offset)
    },
    async commitResolved() {
      const nextOffsets = membership.uncommitted(membership.isShared ? partition : null)
      if (nextOffsets.size > 0) await commit(nextOffsets)
    },
    commitInTime: () => commitOffsetsIfNecessary(),
    async commit(nextOffsets) {
      for (const id of nextOffsets.keys()) {
        if (!membership.owns(id)) throw new RejoinRequired(`partition ${id} is no longer ours`)
      }
      await commit(nextOffsets)
    },
    seek: (offset) => membership.seek(offset),
    async heartbeat() {
      await heartbeat()
      membership.beat()
    },
  }
}

function asPartitions(offsets: ReadonlyMap<number, bigint>) {
  return [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }))
}
