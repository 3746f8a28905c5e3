import { readDeadLetter } from '@orders/referee/dead-letter-record'
import type { Circumstances, ConsumerEvidence, Evidence, LogRecord } from '@orders/referee/evidence'
import { readLedgers } from '@orders/referee/ledger-file'
import { digestOrNull } from '@orders/referee/order-digest'
import { OrderReader } from '@orders/referee/order-reading'
import { readPositions, readStored, withRedis } from '@orders/referee/redis-evidence'
import { lookUpAt } from '@orders/referee/schema-lookup'
import { readTraces } from '@orders/referee/trace-file'
import { askKafka, type Bench } from './bench.ts'
import type { Remains } from './broken-courses.ts'
import { readCommits } from './commit-history.ts'
import { readCommitted } from './evidence.ts'
import { readTopic } from './read-topic.ts'

/**
 * Reads what a course has left, by the referee's own parts. Only the topics come by the client of
 * this project: the referee starts Kafka's own tools for them, a dozen of them a reading, which is
 * too much for so many readings; `healthy.int.test.ts` reads that way.
 */
export async function readRemains(bench: Bench, remains: Remains): Promise<Evidence> {
  const { topic, dlqTopic, redisUrl, ledgerFile } = bench
  const { clusterId } = await askKafka(bench, (admin) => admin.describeCluster())
  const ledger = await readLedgers(remains.hasLedger ? [ledgerFile] : [], { clusterId, topic })
  const consumers: ConsumerEvidence[] = []
  const ranges = await readRanges(bench)
  for (const name of ['auto', 'batch'] as const) {
    const traceFiles = remains.traces[name]
    if (!traceFiles) continue
    const committed = await readCommitted(bench, name)
    const commits = await readCommits(bench, name)
    const inRedis = await withRedis(redisUrl, async (redis) => ({
      positions: await readPositions(redis, { topic, name }, ranges.keys()),
      stored: await readStored(redis, { topic, name }),
    }))
    consumers.push({
      name,
      groupId: bench.groupOf(name),
      commitEvery: name === 'auto' ? 1 : 10,
      committed: new Map([...committed].map(([partition, offset]) => [partition, Number(offset)])),
      commits: commits.map(({ partition, offset, at }) => {
        return {
          partition,
          offset: Number(offset),
          at: Number(at),
        }
      }),
      ...inRedis,
      traces: await readTraces(traceFiles),
    })
  }
  const log = { records: await readLog(bench), ranges: await readRanges(bench) }
  const deadLetters = await readLetters(bench)
  const circumstances = { ...atRest, isRunning: remains.isRunning }
  return { topic, dlqTopic, ledger, log, deadLetters, consumers, circumstances }
}

const atRest: Circumstances = {
  isRunning: false,
  redisLost: false,
  isHealthy: false,
  movedGroups: [],
  fenceWatch: null,
  liveness: null,
}

async function readRanges(bench: Bench): Promise<Map<number, { low: number; end: number }>> {
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(bench.topic))
  return new Map(
    ranges.map(({ partition, low, high }) => [partition, { low: Number(low), end: Number(high) }]),
  )
}

async function readLog(bench: Bench): Promise<LogRecord[]> {
  const reader = new OrderReader(lookUpAt(bench.registryUrl))
  const records: LogRecord[] = []
  for (const { partition, offset, key, value } of await readTopic(bench, bench.topic)) {
    const reading = await reader.read(key, value)
    records.push({
      partition,
      offset: Number(offset),
      order: 'order' in reading ? reading.order : null,
      bad: 'bad' in reading ? reading.bad : null,
      keyDigest: digestOrNull(key),
      valueDigest: digestOrNull(value),
    })
  }
  return records
}

async function readLetters(bench: Bench): Promise<Evidence['deadLetters']> {
  const { dlqTopic } = bench
  const partitions = await askKafka(bench, (admin) => admin.countPartitions(dlqTopic))
  if (partitions === null) return []
  const records = await readTopic(bench, dlqTopic)
  return records.map(({ partition, offset, key, value, headers }) => {
    const named = Object.entries(headers).map(([name, one]) => {
      return { name, value: Buffer.from(String(one)) }
    })
    const place = { partition, offset: Number(offset), timestamp: 0 }
    return readDeadLetter({ ...place, key, value, headers: named })
  })
}
