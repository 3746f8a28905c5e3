import type { ClusterSettings } from '@orders/cluster/settings'
import { COMMITS_TOPIC, readCommits, type CommitHistory } from './commits.ts'
import { CouldNotJudge } from './could-not-judge.ts'
import { readDeadLetter } from './dead-letter-record.ts'
import type {
  Circumstances,
  ConsumerEvidence,
  DeadLetter,
  Evidence,
  LogRecord,
  Place,
} from './evidence.ts'
import { readToolText } from './kafka-tool.ts'
import { readLedgers } from './ledger-file.ts'
import { digestOf, digestOrNull, sharedText } from './order-digest.ts'
import { OrderReader } from './order-reading.ts'
import { readPositions, readStored, withRedis } from './redis-evidence.ts'
import { lookUpAt } from './schema-lookup.ts'
import { dumpTopic } from './topic-dump.ts'
import { rangesOf, readOffsets, type Offsets, type Ranges } from './topic-offsets.ts'
import { readTraces } from './trace-file.ts'

/** Where everything about a run is to be found. */
export interface Sources {
  settings: ClusterSettings
  topic: string
  dlqTopic: string
  ledgerFiles: string[]
  registryUrl: string
  redisUrl: string
  consumers: ConsumerSource[]
}

/** Where a consumer has left what it did. */
export interface ConsumerSource {
  name: 'auto' | 'batch'
  groupId: string
  /** How many messages a commit covers; 0 when they come by the clock. */
  commitEvery: number
  traceFiles: string[] | null
}

/**
 * Reads everything. The ledgers come first, then where commits end, then where the topics end, then
 * Redis: on a run that goes on, everything read later holds what everything read earlier says.
 */
export async function readEvidence(
  sources: Sources,
  circumstances: Circumstances,
): Promise<Evidence> {
  const { settings, topic, dlqTopic } = sources
  const [clusterId, lows] = await Promise.all([
    readClusterId(settings),
    readOffsets(settings, [topic, dlqTopic, COMMITS_TOPIC], 'low'),
  ])
  const ledger = await readLedgers(sources.ledgerFiles, { clusterId, topic })
  const commitEnds = await readOffsets(settings, [COMMITS_TOPIC], 'end')
  const ends = await readOffsets(settings, [topic, dlqTopic], 'end')
  const ranges = rangesOf(topic, lows, ends)
  if (!ranges) throw new CouldNotJudge(`there is no topic ${topic}`)
  const histories = await readCommits(
    settings,
    rangesOf(COMMITS_TOPIC, lows, commitEnds),
    topic,
    sources.consumers.map(({ groupId }) => groupId),
  )
  const records = await readLog(sources, ranges)
  const deadLetters = await readDeadLetters(sources, lows, ends)
  const consumers = await readConsumers(sources, ranges, histories)
  const log = { records, ranges }
  return { topic, dlqTopic, ledger, log, deadLetters, consumers, circumstances }
}

async function readClusterId(settings: ClusterSettings): Promise<string> {
  const lines = await readToolText({ settings, name: 'cluster', args: ['cluster-id'] })
  const id = lines.map((line) => /^Cluster ID: (\S+)/.exec(line)?.[1]).find(Boolean)
  if (id !== undefined) return id
  throw new CouldNotJudge(`Kafka does not tell the id of the cluster: ${lines.at(-1) ?? ''}`)
}

async function readLog(sources: Sources, ranges: Ranges): Promise<LogRecord[]> {
  const { settings, topic, registryUrl } = sources
  const reader = new OrderReader(lookUpAt(registryUrl))
  const records: LogRecord[] = []
  await dumpTopic(settings, topic, ranges, async ({ partition, offset, key, value }) => {
    const reading = await reader.read(key, value)
    records.push({
      partition,
      offset,
      order: 'order' in reading ? reading.order : null,
      bad: 'bad' in reading ? reading.bad : null,
      // A customer's key comes again and again.
      keyDigest: key === null ? null : sharedText(digestOf(key)),
      valueDigest: digestOrNull(value),
    })
  })
  return records.sort(byPlace)
}

async function readDeadLetters(
  { settings, dlqTopic }: Sources,
  lows: Offsets,
  ends: Offsets,
): Promise<DeadLetter[]> {
  const ranges = rangesOf(dlqTopic, lows, ends)
  const letters: DeadLetter[] = []
  if (!ranges) return letters
  await dumpTopic(settings, dlqTopic, ranges, (record) => {
    letters.push(readDeadLetter(record))
  })
  return letters.sort(byPlace)
}

function readConsumers(
  { topic, redisUrl, consumers }: Sources,
  ranges: Ranges,
  histories: Map<string, CommitHistory>,
): Promise<ConsumerEvidence[]> {
  return withRedis(redisUrl, async (redis) => {
    const evidence: ConsumerEvidence[] = []
    for (const { name, groupId, commitEvery, traceFiles } of consumers) {
      const history = histories.get(groupId)
      evidence.push({
        name,
        groupId,
        commitEvery,
        committed: history?.committed ?? new Map(),
        commits: history?.commits ?? null,
        positions: await readPositions(redis, { topic, name }, ranges.keys()),
        stored: await readStored(redis, { topic, name }),
        traces: traceFiles === null ? null : await readTraces(traceFiles),
      })
    }
    return evidence
  })
}

function byPlace(a: Place, b: Place): number {
  return a.partition - b.partition || a.offset - b.offset
}
