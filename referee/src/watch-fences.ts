import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { homesOf, COMMITS_TOPIC } from './commits.ts'
import { parseCommit, type CommitEntry } from './commit-record.ts'
import type { FenceWatch } from './evidence.ts'
import type { ConsumerSource, Sources } from './read-evidence.ts'
import { connectRedis, readNext } from './redis-evidence.ts'
import { readPartition } from './topic-dump.ts'
import { rangesOf, readOffsets } from './topic-offsets.ts'

/** Watches until it is told to stop. */
export interface Watch {
  stop(): Promise<FenceWatch>
}

const RETRY_EVERY_MS = 1_000
/** A run with more of these has said enough. */
const AHEAD_MAX = 1_000

/**
 * Holds each commit, as soon as the brokers have written it down, against what Redis knows then.
 * Kafka is read first: a consumer that writes before it commits is never seen behind.
 */
export function watchFences(sources: Sources): Watch {
  const ending = new AbortController()
  const seen: FenceWatch = { samples: 0, ahead: [] }
  const redis = connectRedis(sources.redisUrl)
  const watching = watch(sources, redis, seen, ending.signal)
  return {
    async stop() {
      ending.abort()
      await watching
      redis.disconnect()
      return seen
    },
  }
}

async function watch(
  sources: Sources,
  redis: Redis,
  seen: FenceWatch,
  signal: AbortSignal,
): Promise<void> {
  const homes = await findHomes(sources, signal)
  await Promise.all(
    homes.map((home) =>
      follow(sources, home, signal, (entry) => sample(sources, redis, seen, entry)),
    ),
  )
}

/** The brokers make their topic when the first group comes: until then there is nothing to see. */
async function findHomes({ settings, consumers }: Sources, signal: AbortSignal): Promise<number[]> {
  const groups = consumers.map(({ groupId }) => groupId)
  while (!signal.aborted) {
    try {
      const ends = await readOffsets(settings, [COMMITS_TOPIC], 'end')
      const ranges = rangesOf(COMMITS_TOPIC, new Map(), ends)
      if (ranges) return [...homesOf(groups, ranges).keys()]
    } catch {
      // Brokers are away: asked again.
    }
    await pause(signal)
  }
  return []
}

/** Reads what is written from now on; a reader that dies is replaced. */
async function follow(
  { settings }: Sources,
  partition: number,
  signal: AbortSignal,
  onCommit: (entry: CommitEntry) => Promise<void>,
): Promise<void> {
  const start = {
    settings,
    topic: COMMITS_TOPIC,
    partition,
    from: 'latest' as const,
    signal,
    silenceLimitMs: null,
  }
  while (!signal.aborted) {
    try {
      for await (const records of readPartition(start)) {
        for (const entry of records.map(({ key, value }) => parseCommit(key, value))) {
          if (entry) await onCommit(entry)
        }
      }
    } catch {
      // What was committed meanwhile is no sample.
    }
    await pause(signal)
  }
}

async function sample(
  { consumers, topic }: Sources,
  redis: Redis,
  seen: FenceWatch,
  { group, topic: ofTopic, partition, commit }: CommitEntry,
): Promise<void> {
  const consumer = consumers.find(({ groupId }) => groupId === group)
  if (!consumer || ofTopic !== topic || !commit) return
  const stored = await askNext(redis, topic, consumer, partition)
  if (stored === 'away') return
  seen.samples += 1
  if (commit.offset <= (stored ?? 0) || seen.ahead.length >= AHEAD_MAX) return
  const place = { partition, offset: commit.offset }
  seen.ahead.push({ ...place, consumer: consumer.name, stored: stored ?? 0, at: commit.at })
}

/** Redis that is away, or still loading, says nothing about a commit. */
async function askNext(
  redis: Redis,
  topic: string,
  { name }: ConsumerSource,
  partition: number,
): Promise<number | null | 'away'> {
  try {
    return await readNext(redis, { topic, name }, partition)
  } catch {
    return 'away'
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return sleep(RETRY_EVERY_MS, undefined, { signal }).catch(() => undefined)
}
