import { withAdmin } from './kafka/admin.ts'
import type { KafkaOptions } from './kafka/client.ts'
import type { Logger } from './logger.ts'
import { readPosition, type ConsumerName } from './order-store.ts'
import { untilBack } from './patience.ts'
import type { RedisClient } from './redis.ts'

/** Where to look for losses, and how patient to be with what is away. */
export interface LossCheck {
  name: ConsumerName
  kafka: KafkaOptions
  groupId: string
  topic: string
  redis: RedisClient
  signal: AbortSignal
  outageTimeoutMs: number
  log: Logger
}

/**
 * Finds the partitions of which Redis knows less than the group has committed, and where to read
 * them again from. Waits for what is away; throws `Stopped`, or a `UserError` when it stays away.
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

async function compare({ kafka, redis, groupId, topic, name, log }: LossCheck, wanted: number[]) {
  const [committed, ranges] = await withAdmin(kafka, async (admin) => [
    await admin.fetchCommitted(groupId, topic),
    await admin.fetchRanges(topic),
  ])
  const lost = new Map<number, bigint>()
  for (const { partition, low } of ranges.filter((range) => wanted.includes(range.partition))) {
    const group = committed.get(partition) ?? 0n
    const { next } = await readPosition(redis, topic, name, partition)
    const from = next !== null && next > low ? next : low
    if (from >= group) continue
    lost.set(partition, from)
    log.warn(
      `Redis knows partition ${partition} up to offset ${next ?? 0n}, but the group is at ` +
        `${group}: reading it again from ${from}`,
    )
  }
  return lost
}
