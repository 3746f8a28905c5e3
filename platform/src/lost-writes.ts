import { withAdmin } from './kafka/admin.ts'
import type { KafkaOptions } from './kafka/client.ts'
import type { Logger } from './logger.ts'
import { forgetPosition, readPosition, type ConsumerName } from './order-store.ts'
import { untilBack } from './patience.ts'
import { judgePosition, type PartitionState } from './position-check.ts'
import type { RedisClient } from './redis.ts'

/** Where to look for losses, and how patient to be with what is away. */
export interface LossCheck {
  name: ConsumerName
  kafka: KafkaOptions
  groupId: string
  topic: string
  /** So many messages may be stored beyond the last commit when all is well. */
  uncommittedMax: number
  redis: RedisClient
  signal: AbortSignal
  outageTimeoutMs: number
  log: Logger
}

/**
 * Finds the partitions of which Redis knows less than the group has committed, and where to read
 * them again from; tells whatever else does not fit. Waits for what is away; throws `Stopped`, or
 * a `UserError` when it stays away.
 */
export function findLostWrites(
  check: LossCheck,
  partitions: number[],
): Promise<ReadonlyMap<number, bigint>> {
  return untilBack(
    {
      what: 'Redis, or Kafka,',
      advice: 'start it again, then this service; nothing was lost',
      limitMs: check.outageTimeoutMs,
      signal: check.signal,
      isAway: () => true,
      onWait: (message) => check.log.warn(message),
    },
    () => compare(check, partitions),
  )
}

async function compare(check: LossCheck, wanted: number[]): Promise<Map<number, bigint>> {
  const { kafka, redis, groupId, topic, name } = check
  const readNext = async (partition: number): Promise<bigint | null> =>
    (await readPosition(redis, topic, name, partition)).next
  const before = new Map<number, bigint | null>()
  for (const partition of wanted) before.set(partition, await readNext(partition))
  const [committed, ranges] = await withAdmin(kafka, async (admin) => [
    await admin.fetchCommitted(groupId, topic),
    await admin.fetchRanges(topic),
  ])
  const lost = new Map<number, bigint>()
  for (const { partition, low, high } of ranges.filter((range) =>
    wanted.includes(range.partition),
  )) {
    const group = committed.get(partition) ?? null
    const next = await readNext(partition)
    const nextBefore = before.get(partition) ?? null
    const from = await settle(check, { partition, low, high, group, next, nextBefore })
    if (from !== null) lost.set(partition, from)
  }
  return lost
}

/** Tells what does not fit, and says from where the partition has to be read again, if at all. */
async function settle(check: LossCheck, state: PartitionState): Promise<bigint | null> {
  const { redis, topic, name, uncommittedMax, log } = check
  const found = judgePosition(state, uncommittedMax)
  if (found.kind === 'fits') return null
  if (found.kind === 'topic made anew') {
    log.error(found.sentence)
    await forgetPosition(redis, topic, name, state.partition, state.nextBefore ?? 0n)
    return null
  }
  log.warn(found.sentence)
  return found.kind === 'lost' ? found.from : null
}
