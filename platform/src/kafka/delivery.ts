import type { EachBatchPayload, IHeaders } from 'kafkajs'

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
  /** Commits what is resolved; with `autoCommit` only. Throws when the coordinator does not agree. */
  commitResolved(): Promise<void>
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
  /** Called just before a commit is sent. */
  committing(): Promise<void>
  /** Called when it has been confirmed. */
  committed(nextOffsets: Record<string, number>): Promise<void>
}

/**
 * Puts a batch of the client library into the words of this project. Throws `RejoinRequired` when
 * it begins before what is resolved: the library has a fetcher for every broker, and after a change
 * of leader two of them can bring the same messages. They must not be skipped either: a topic that
 * was deleted and made again begins before it as well.
 */
export function createDelivery(payload: EachBatchPayload, membership: Membership): Delivery {
  const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, uncommittedOffsets } = payload
  const { topic, partition } = batch
  const [first] = batch.messages
  if (first && BigInt(first.offset) < membership.done) {
    throw new RejoinRequired(`offset ${first.offset} of partition ${partition} came once more`)
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
      const [resolved] = uncommittedOffsets().topics
      if (!resolved) return
      await membership.committing()
      await commitOffsetsIfNecessary()
      await membership.committed(asNumbers(resolved.partitions))
    },
    async commit(nextOffsets) {
      const partitions = [...nextOffsets].map(([id, offset]) => ({
        partition: id,
        offset: String(offset),
      }))
      const foreign = partitions.find((entry) => !membership.owns(entry.partition))
      if (foreign) throw new RejoinRequired(`partition ${foreign.partition} is no longer ours`)
      await membership.committing()
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] })
      await membership.committed(asNumbers(partitions))
    },
    seek: (offset) => membership.seek(offset),
    async heartbeat() {
      await heartbeat()
      membership.beat()
    },
  }
}

function asNumbers(partitions: { partition: number; offset: string }[]): Record<string, number> {
  return Object.fromEntries(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
}
