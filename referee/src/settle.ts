import { setTimeout as sleep } from 'node:timers/promises'
import { COMMITS_TOPIC, readCommits } from './commits.ts'
import { CouldNotJudge } from './could-not-judge.ts'
import type { ConsumerSource, Sources } from './read-evidence.ts'
import { readPositions, withRedis } from './redis-evidence.ts'
import { rangesOf, readOffsets, type Offsets, type Ranges } from './topic-offsets.ts'

const POLL_EVERY_MS = 200
/** Tools take a second of both cores: they are asked less often than Redis. */
const ASK_KAFKA_EVERY_MS = 1_000

/**
 * Waits until both consumers have everything that is on the log, and the one that commits every
 * order has committed it. Says in sentences what is not so at the limit: none is settled.
 */
export async function untilSettled(sources: Sources, limitMs: number): Promise<string[]> {
  const deadline = Date.now() + limitMs
  const topics = [sources.topic, COMMITS_TOPIC]
  const lows = await readOffsets(sources.settings, topics, 'low')
  const readEnds = (): Promise<Offsets> => readOffsets(sources.settings, topics, 'end')
  for (let ranges = orderRanges(sources, lows, await readEnds()); ;) {
    const behind = await untilStored(sources, ranges, deadline)
    if (behind.length > 0) return behind
    const ends = await readEnds()
    const now = orderRanges(sources, lows, ends)
    // More may have been sent while the rest was waited for.
    const isSame = [...now].every(([partition, { end }]) => ranges.get(partition)?.end === end)
    const missing = isSame
      ? await listUncommitted(sources, ranges, rangesOf(COMMITS_TOPIC, lows, ends))
      : ['orders are still being sent']
    if (missing.length === 0 || Date.now() >= deadline) return missing
    ranges = now
    await sleep(ASK_KAFKA_EVERY_MS)
  }
}

async function untilStored(sources: Sources, ranges: Ranges, deadline: number): Promise<string[]> {
  return withRedis(sources.redisUrl, async (redis) => {
    for (;;) {
      const behind: string[] = []
      for (const { name } of sources.consumers) {
        const keys = { topic: sources.topic, name }
        const positions = await readPositions(redis, keys, ranges.keys())
        behind.push(...listBehind(name, ranges, (partition) => positions.get(partition)?.next ?? 0))
      }
      if (behind.length === 0 || Date.now() >= deadline) return behind
      await sleep(POLL_EVERY_MS)
    }
  })
}

/** Names the partitions in which a consumer has not come to the end. */
export function listBehind(
  name: ConsumerSource['name'],
  ranges: Ranges,
  nextOf: (partition: number) => number,
  what = 'has stored',
): string[] {
  return [...ranges].flatMap(([partition, { low, end }]) => {
    const next = nextOf(partition)
    if (low === end || next >= end) return []
    return [`consumer ${name} ${what} partition ${partition} up to ${next} of ${end}`]
  })
}

async function listUncommitted(
  { settings, topic, consumers }: Sources,
  ranges: Ranges,
  commits: Ranges | null,
): Promise<string[]> {
  const everyOrder = consumers.filter(({ commitEvery }) => commitEvery <= 1)
  const groups = everyOrder.map(({ groupId }) => groupId)
  const histories = await readCommits(settings, commits, topic, groups)
  return everyOrder.flatMap(({ name, groupId }) => {
    const committed = histories.get(groupId)?.committed
    const nextOf = (partition: number): number => committed?.get(partition) ?? 0
    return listBehind(name, ranges, nextOf, 'has committed')
  })
}

function orderRanges({ topic }: Sources, lows: Offsets, ends: Offsets): Ranges {
  const ranges = rangesOf(topic, lows, ends)
  if (ranges) return ranges
  throw new CouldNotJudge(`there is no topic ${topic}`)
}
