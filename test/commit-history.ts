import type { ConsumerName } from '@orders/platform/order-store'
import type { ProcessTrace } from '@orders/referee/evidence'
import { findResumed } from '@orders/referee/resumed'
import type { Bench } from './bench.ts'
import { dumpTopic, type RawRecord } from './topic-dump.ts'

/** One committed offset, as the broker has written it down. */
export interface CommitRecord {
  partition: number
  offset: bigint
  /** When the broker took it, in ms: the same for all partitions of one commit. */
  at: bigint
}

const BATCH_SIZE = 10n
const OFFSET_END = 10
const LEADER_EPOCH_END = 14
const FLEXIBLE_VERSION = 4

/** Reads every commit that a group has ever made out of the brokers' own topic, in their order. */
export async function readCommits(bench: Bench, name: ConsumerName): Promise<CommitRecord[]> {
  const records = await dumpTopic(bench, '__consumer_offsets')
  return records.flatMap((record) => {
    const commit = parseCommit(record)
    return commit?.group === bench.groupOf(name) && commit.topic === bench.topic ? [commit] : []
  })
}

/**
 * Says where a history of commits breaks a promise: none goes back; one of consumer-auto covers
 * one message, one of consumer-batch ten. A commit repeated after a lost answer covers none. Where
 * brokers die, traces tell when a group was told an older commit than its last.
 */
export function findCommitViolations(
  name: ConsumerName,
  history: CommitRecord[],
  traces: ProcessTrace[] = [],
): string[] {
  const size = name === 'auto' ? 1n : BATCH_SIZE
  const committed = new Map<number, bigint>()
  const beginnings = findBeginnings(history, traces)
  const steps = history.map((record, i) => {
    const before = beginnings[i] ?? committed.get(record.partition) ?? 0n
    committed.set(record.partition, record.offset)
    return { ...record, covered: record.offset - before }
  })
  const back = steps
    .filter(({ covered }) => covered < 0n)
    .map(({ partition, offset }) => `${name}: partition ${partition} went back to ${offset}`)
  const odd = groupSteps(steps, size)
    .filter((commit) => ![0n, size].includes(sumCovered(commit)))
    .map((commit) => `${name}: a commit covers ${sumCovered(commit)} messages: ${describe(commit)}`)
  return [...back, ...odd]
}

/** For each record, the older commit after which it comes; mostly there is none. */
function findBeginnings(history: CommitRecord[], traces: ProcessTrace[]): (bigint | null)[] {
  const commits = history.map(({ partition, offset, at }) => {
    return { partition, offset: Number(offset), at: Number(at) }
  })
  const resumed = findResumed({ commits, traces })
  return commits.map((record) => {
    const from = resumed.get(record)
    return from === undefined ? null : BigInt(from)
  })
}

type Step = CommitRecord & { covered: bigint }

/**
 * Puts together what was committed at once. Two members may commit in the same millisecond: a
 * commit also ends where it is full, or where a partition comes again.
 */
function groupSteps(steps: Step[], size: bigint): Step[][] {
  const commits: Step[][] = []
  for (const step of steps) {
    const last = commits.at(-1)
    const joins =
      last?.[0]?.at === step.at &&
      sumCovered(last) !== size &&
      last.every(({ partition }) => partition !== step.partition)
    if (last && joins) last.push(step)
    else commits.push([step])
  }
  return commits
}

function sumCovered(commit: Step[]): bigint {
  return commit.reduce((sum, { covered }) => sum + covered, 0n)
}

function describe(commit: CommitRecord[]): string {
  return commit.map(({ partition, offset }) => `${partition} → ${offset}`).join(', ')
}

// Key: version 0 or 1, group, topic, partition. Value: version, offset, …, time at the end.
function parseCommit({ key, value }: RawRecord) {
  if (key === null || value === null || key.readInt16BE(0) > 1) return null
  const [group, afterGroup] = readText(key, 2)
  const [topic, afterTopic] = readText(key, afterGroup)
  return {
    group,
    topic,
    partition: key.readInt32BE(afterTopic),
    offset: value.readBigInt64BE(2),
    at: readCommitTime(value),
  }
}

function readCommitTime(value: Buffer): bigint {
  const version = value.readInt16BE(0)
  const metadataAt = version >= 3 ? LEADER_EPOCH_END : OFFSET_END
  if (version < FLEXIBLE_VERSION) return value.readBigInt64BE(readText(value, metadataAt)[1])
  // From here on a text begins with its length plus one; our commits have none of 127 and more.
  return value.readBigInt64BE(metadataAt + Math.max(value.readUInt8(metadataAt), 1))
}

function readText(bytes: Buffer, at: number): [string, number] {
  const end = at + 2 + Math.max(bytes.readInt16BE(at), 0)
  return [bytes.toString('utf8', at + 2, end), end]
}
