import { DeadLetterClaims, type Place } from '@orders/platform/dead-letter-claims'
import { DeadLetters, describeBad, markOf, type BadMessage } from '@orders/platform/dead-letters'
import { PartitionSender } from '@orders/platform/kafka/sender'
import { deadLetterTopic, ordersTopic } from '@orders/platform/kafka/topics'
import type { Order } from '@orders/schemas/order'
import { expect, onTestFinished, test } from 'vitest'
import {
  askKafka,
  createBench,
  readPositions,
  readStored,
  sumCommitted,
  type Bench,
} from './bench.ts'
import { countRecords, readDeadLetters, text } from './dead-letter-topic.ts'
import { runFuzz } from './fuzz.ts'
import { mixOrdersAndPoison, registerSchemas } from './poison-mix.ts'
import { sendByJava, sendRaw } from './raw-producer.ts'
import { readTopic, type LogRecord } from './read-topic.ts'
import { startService } from './running-service.ts'
import { until } from './until.ts'

const PARTITIONS = 5
const NAMES = ['auto', 'batch'] as const
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd']

test('keeps every bad message once as a dead letter, and every good one beside it', async () => {
  const bench = createBench()
  const startedAt = Date.now()
  const ids = await registerSchemas(bench)
  const consumers = [startService(bench, 'consumer-auto'), startService(bench, 'consumer-batch')]
  const { messages, good, bad } = mixOrdersAndPoison(ids)
  await sendRaw(bench, messages)
  await Promise.all(CODECS.map((codec) => sendByJava(bench, codec, codec)))
  const count = messages.length + CODECS.length

  await until('both have taken in everything', async () => {
    const counts = await Promise.all(NAMES.map((name) => countTakenIn(bench, name)))
    return counts.every((taken) => taken === count)
  })
  for (const name of NAMES) {
    expect([...(await readStored(bench, name)).keys()].sort()).toEqual(idsOf(good))
  }
  const log = await readTopic(bench, bench.topic)
  const letters = await readDeadLetters(bench)
  expect([...letters].filter(([, { length }]) => length > 1)).toEqual([])
  expect(letters.size).toBe(bad.size + CODECS.length)
  for (const record of log) {
    const letter = letters.get(placeOf(record))?.[0]
    const kind = bad.get(placeOf(record))
    if (kind) expectLetter(bench, record, letter, kind.reason, kind.name)
    else if (letter) expectLetter(bench, record, letter, 'not-avro', 'compressed')
    const time = letter ? Date.parse(text(letter, 'dlq.time')) : startedAt
    expect(time >= startedAt && time <= Date.now()).toBe(true)
  }

  const end = async (): Promise<boolean> => (await sumCommitted(bench, 'auto')) === count
  await until('consumer-auto has committed all', end)
  expect(await sumCommitted(bench, 'batch')).toBe(count - (count % 10))
  expect(await countRecords(bench, bench.dlqTopic)).toBe(BigInt(bad.size + CODECS.length))
  for (const consumer of consumers) {
    expect(await consumer.end('SIGTERM'), consumer.output).toMatchObject({ code: 0 })
    expect(consumer.count(/lost the group/), consumer.output).toBe(0)
  }
})

test('never throws or hangs, whatever bytes come', async () => {
  const bench = createBench()
  const ids = await registerSchemas(bench)
  // In a process of its own: bytes that hang it would hang the test as well.
  const fuzz = await runFuzz(bench, {
    schemaIds: [ids.order, ids.evolved],
    seed: 11,
    count: 30_000,
  })
  expect(fuzz.output).toContain('30000 judged')
  expect(fuzz.code).toBe(0)
})

test('ends with one line where the log holds what the client library cannot read', async () => {
  const bench = createBench()
  await askKafka(bench, (admin) =>
    admin.ensureTopic({ ...ordersTopic(bench.topic), config: { 'min.insync.replicas': '2' } }),
  )
  const consumer = startService(bench, 'consumer-auto')
  await sendByJava(bench, 'zstd', 'key')
  expect(await consumer.exited).toEqual({ code: 1, signal: null })
  expect(consumer.output).toContain('cannot read (ZSTD compression not implemented): set')
  expect(consumer.count(/^ +at /)).toBe(0)
})

test('never sends a dead letter twice when its sender died before it could say so', async () => {
  const { bench, put, claims } = await openDeadLetters()
  await claims.claim(placeIn(bench.topic), {})
  const headers = describeBad(bad, { topic: bench.topic, groupId: 'dead' }, new Date())
  const { key, value } = bad.message
  await sendRaw(bench, [{ partition: bad.partition, key, value, headers }], bench.dlqTopic)

  expect(await put()).toBe(false) // It may still be alive.
  await endLease(bench)
  expect(await put()).toBe(true)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(1n)
  expect(await readClaim(bench)).toMatchObject({ state: 'sent', dlqPartition: '3', dlqOffset: '0' })
  expect(await put()).toBe(true)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(1n)
})

test('sends a dead letter whose sender died before it had sent it', async () => {
  const { bench, put, claims } = await openDeadLetters()
  // A letter about another message is not the one.
  const other = { ...bad, message: { ...bad.message, offset: 6n } }
  expect(await put(other)).toBe(true)
  await claims.claim(placeIn(bench.topic), {})
  await endLease(bench)

  expect(await put()).toBe(true)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(2n)
  expect(await readClaim(bench)).toMatchObject({ state: 'sent', dlqPartition: '3', dlqOffset: '1' })
})

test('sends the dead letter of another message at the same place of a topic made anew', async () => {
  const { bench, put } = await openDeadLetters()
  expect(await put()).toBe(true)
  const anew = { ...bad, message: { ...bad.message, timestamp: bad.message.timestamp + 1 } }
  expect(await put(anew)).toBe(true)
  expect(await put(anew)).toBe(true)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(2n)
})

test('keeps the bad messages of two topics that share their dead letters apart', async () => {
  const { bench, put, open } = await openDeadLetters()
  expect(await put()).toBe(true)
  expect(await open('another-topic').put(bad, new Date())).toBe(true)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(2n)
})

const bad: BadMessage = {
  partition: 3,
  message: {
    offset: 5n,
    key: Buffer.from('C-1'),
    value: Buffer.from('junk'),
    headers: {},
    timestamp: 0,
  },
  reason: 'not-avro',
  detail: 'it begins with byte 106 instead of 0',
}

/** The dead letters of a bench, and the claims of somebody who is going to die. */
async function openDeadLetters() {
  const bench = createBench()
  const { brokers, dlqTopic, redis } = bench
  await askKafka(bench, (admin) => admin.ensureTopic(deadLetterTopic(dlqTopic, PARTITIONS)))
  const kafka = { clientId: 'test', brokers }
  const sender = new PartitionSender({ ...kafka, sendTimeoutMs: 10_000 })
  onTestFinished(() => sender.close())
  const open = (topic: string): DeadLetters =>
    new DeadLetters(
      { kafka, topic, dlqTopic, dlqPartitions: PARTITIONS, groupId: 'test' },
      sender,
      new DeadLetterClaims(redis, dlqTopic),
    )
  const letters = open(bench.topic)
  const put = (message = bad): Promise<boolean> => letters.put(message, new Date())
  return { bench, put, open, claims: new DeadLetterClaims(redis, dlqTopic) }
}

function placeIn(topic: string): Place {
  return { topic, partition: bad.partition, offset: bad.message.offset, mark: markOf(bad.message) }
}

async function findClaim({ redis, dlqTopic }: Bench): Promise<string> {
  const keys = await redis.keys(`${dlqTopic}:*:${bad.message.offset}`)
  expect(keys).toHaveLength(1)
  return keys[0] ?? ''
}

async function readClaim(bench: Bench): Promise<Record<string, string>> {
  return bench.redis.hgetall(await findClaim(bench))
}

/** As if its owner had not been heard of for longer than a send may take. */
async function endLease(bench: Bench): Promise<void> {
  await bench.redis.hset(await findClaim(bench), { claimedUntil: Date.now() - 1 })
}

/** The letter is the message, on the partition of the same number, and says the truth of it. */
function expectLetter(
  bench: Bench,
  record: LogRecord,
  letter: LogRecord | undefined,
  reason: string,
  name: string,
): void {
  if (!letter) throw new Error(`no dead letter: ${name}`)
  const same = (a: Buffer | null, b: Buffer | null): boolean => (a && b ? a.equals(b) : a === b)
  expect(same(letter.key, record.key), name).toBe(true)
  expect(same(letter.value, record.value), name).toBe(true)
  expect(letter.partition, name).toBe(record.partition)
  expect(foreignHeaders(letter), name).toEqual(foreignHeaders(record))
  expect(text(letter, 'dlq.reason'), name).toBe(reason)
  expect(text(letter, 'dlq.detail'), name).toMatch(/\w{2}/)
  expect(text(letter, 'dlq.topic')).toBe(bench.topic)
  expect(NAMES.map((consumer) => bench.groupOf(consumer))).toContain(text(letter, 'dlq.group'))
}

/** The headers that are not of the dead letter; the client library cannot send one of no value. */
function foreignHeaders({ headers }: LogRecord): Record<string, string> {
  const foreign = Object.entries(headers).filter(([name]) => !name.startsWith('dlq.'))
  const hex = (value: Buffer | string | undefined): string =>
    Buffer.from(value ?? '').toString('hex')
  return Object.fromEntries(
    foreign.map(([name, values]) => [name, [values].flat().map(hex).join()]),
  )
}

async function countTakenIn(bench: Bench, name: (typeof NAMES)[number]): Promise<number> {
  const positions = await readPositions(bench, name)
  return positions.reduce((sum, { next }) => sum + Number(next ?? 0n), 0)
}

function placeOf({ partition, offset }: LogRecord): string {
  return `${partition}/${offset}`
}

function idsOf(orders: Order[]): string[] {
  return orders.map(({ orderId }) => orderId).sort()
}
