import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createKafka } from '@orders/platform/kafka/client'
import { expandEntry, formatEntry, parseEntry } from '@orders/platform/ledger-format'
import type { Order } from '@orders/schemas/order'
import { expect, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import { freezeParts } from './brokers.ts'
import { expectKept, readAccount, readEnds } from './evidence.ts'
import { lastLines, tellOnFailure, untilDone, untilSaid } from './load.ts'
import { makeOrders } from './orders.ts'
import { startService, type RunningService } from './running-service.ts'
import { until } from './until.ts'
import type { AcknowledgedOrder, TriedOrder } from './verdict.ts'

const COUNT = 1_200
const IN_FLIGHT = 20

test('a killed run that is started again sends what was left over first, and COUNT orders in all', async () => {
  const bench = createBench()
  const RUN_ID = randomUUID()
  const args = ['--count', String(COUNT), '--rate', '300', '--seed', '3']
  const run = (): RunningService => startService(bench, 'producer', { args, env: { RUN_ID } })
  const leftOver: { before: number; orders: TriedOrder[] }[] = []
  for (const moment of [150, 600]) {
    const account = await killWhileSending(bench, run(), moment)
    leftOver.push({ before: account.tried.length, orders: outstandingOf(account) })
  }
  const last = run()
  tellOnFailure(last)
  startService(bench, 'consumer-auto')
  startService(bench, 'consumer-batch')
  await untilDone(last)

  const { tried, acknowledged, log } = await expectKept(bench)
  expect(tried).toHaveLength(COUNT)
  expect(acknowledged).toHaveLength(COUNT)
  for (const { before, orders } of leftOver) {
    expect(orders.length).toBeGreaterThanOrEqual(IN_FLIGHT)
    expectFirst(orders, tried.slice(before), acknowledged)
  }
  // What was under way at the kill arrived all the same: the effect was one, says the verdict.
  expect(log.length).toBeGreaterThan(COUNT)
})

test('compressed orders arrive as all others do', async () => {
  const bench = createBench()
  const args = ['--count', '2000', '--interval', '0', '--seed', '5']
  const producer = startService(bench, 'producer', { args, env: { COMPRESSION: 'gzip' } })
  startService(bench, 'consumer-auto', { env: { WORKERS: 'partition' } })
  startService(bench, 'consumer-batch', { env: { WORKERS: 'partition' } })
  await untilDone(producer)
  expect(producer.count(/slower way|Warning/)).toBe(0)
  const { acknowledged } = await expectKept(bench)
  expect(acknowledged).toHaveLength(2_000)
})

type Account = Awaited<ReturnType<typeof readAccount>>

/** Kills a producer when so many orders are acknowledged and others certainly are not. */
async function killWhileSending(
  bench: Bench,
  producer: RunningService,
  moment: number,
): Promise<Account> {
  await until('orders are acknowledged', () => countAcknowledged(bench) >= moment)
  const thaw = freezeParts(bench, ['kafka-1', 'kafka-2', 'kafka-3'])
  await until('orders are under way', () => {
    return linesOf(bench, 'tried').length - countAcknowledged(bench) >= IN_FLIGHT
  })
  await producer.end('SIGKILL')
  thaw()
  return readAccount(bench)
}

/** Orders, not lines: one line may acknowledge a whole send. */
function countAcknowledged(bench: Bench): number {
  return linesOf(bench, 'acknowledged')
    .map((line) => parseEntry(line))
    .reduce((sum, read) => sum + ('entry' in read ? expandEntry(read.entry).length : 0), 0)
}

function linesOf({ ledgerFile }: Bench, kind: string): string[] {
  const lines = readFileSync(ledgerFile, 'utf8').split('\n')
  return lines.filter((line) => line.startsWith(`{"kind":"${kind}`))
}

function outstandingOf({ tried, acknowledged }: Account): TriedOrder[] {
  const settled = new Set(acknowledged.map(({ orderId }) => orderId))
  return tried.filter(({ orderId }) => !settled.has(orderId))
}

/** In each partition, orders of an earlier run are acknowledged before any of a later one. */
function expectFirst(
  earlier: TriedOrder[],
  later: TriedOrder[],
  acknowledged: AcknowledgedOrder[],
): void {
  const places = new Map(acknowledged.map((entry) => [entry.orderId, entry]))
  const firstOfLater = new Map<number, bigint>()
  for (const { orderId } of later) {
    const place = places.get(orderId)
    if (!place) continue
    const known = firstOfLater.get(place.partition) ?? place.offset
    firstOfLater.set(place.partition, known < place.offset ? known : place.offset)
  }
  const late = earlier.filter(({ orderId }) => {
    const place = places.get(orderId)
    return !place || place.offset > (firstOfLater.get(place.partition) ?? place.offset)
  })
  expect(late).toEqual([])
}

test('refuses a second producer on the same ledger, and names the first', async () => {
  const bench = createBench()
  const first = startService(bench, 'producer', { args: ['--count', '1000', '--rate', '20'] })
  await untilSaid(first, /acknowledged/)
  const second = startService(bench, 'producer', { args: ['--count', '5'] })
  expect(await second.exited).toMatchObject({ code: 1 })
  expect(second.lines).toHaveLength(1)
  expect(second.output).toMatch(new RegExp(`in use by process ${first.pid} `))
  expect(await first.end('SIGTERM'), lastLines(first)).toMatchObject({ code: 0 })
  await expectKept(bench, [])
})

test('--count 0 heals a torn ledger, sends what was left over, and makes nothing new', async () => {
  const bench = createBench()
  const orders = makeOrders(3)
  const runId = randomUUID()
  const entries = orders.map((order, index) => formatEntry({ kind: 'tried', runId, index, order }))
  writeFileSync(bench.ledgerFile, entries.join(''))
  appendFileSync(bench.ledgerFile, '{"kind":"tried","runId":"cut o')
  const producer = startService(bench, 'producer', { args: ['--count', '0'] })
  await untilDone(producer)
  expect(producer.count(/cut off by a crash: removed/)).toBe(1)
  expect(producer.count(/3 orders of an earlier run .* go first/)).toBe(1)
  expect(readFileSync(bench.ledgerFile, 'utf8')).not.toContain('cut o')
  const { acknowledged, log } = await expectKept(bench, [])
  expect(acknowledged.map(({ orderId }) => orderId).sort()).toEqual(idsOf(orders))
  expect(log).toHaveLength(3)
})

function idsOf(orders: Order[]): string[] {
  return orders.map(({ orderId }) => orderId).sort()
}

/** Writes an order file and sends it. */
function sendFile(bench: Bench, name: string, content: string): RunningService {
  const file = join(dirname(bench.ledgerFile), name)
  writeFileSync(file, content)
  return startService(bench, 'producer', { args: ['--file', file] })
}

test('sends the orders of a file: one, an array, or one a line, a bad line named and left out', async () => {
  const bench = createBench()
  const orders = makeOrders(6)
  const [one, ...rest] = orders
  await untilDone(sendFile(bench, 'one.json', JSON.stringify(one, null, 2)))
  await untilDone(sendFile(bench, 'array.json', JSON.stringify(rest.slice(0, 2))))
  const lines = rest.slice(2).map((order) => JSON.stringify(order))
  lines.splice(1, 0, '{"orderId": 5}')
  const withBad = sendFile(bench, 'lines.jsonl', lines.join('\n'))
  expect(await withBad.exited, lastLines(withBad)).toMatchObject({ code: 1 })
  expect(withBad.count(/lines\.jsonl line 2 is no order: orderId must be a UUID/)).toBe(1)
  const { acknowledged } = await expectKept(bench, [])
  expect(acknowledged.map(({ orderId }) => orderId).sort()).toEqual(idsOf(orders))
})

test('says in one line what is wrong with a flag or a setting, and ends with 1', async () => {
  const bench = createBench()
  const file = dirname(bench.ledgerFile)
  const wrong: { args?: string[]; env?: Record<string, string>; says: RegExp }[] = [
    { args: ['--count', 'ten'], says: /--count.*whole number/ },
    { args: ['--rate', '0'], says: /--rate.*above 0/ },
    { args: ['--rate', '5', '--interval', '5'], says: /--rate and --interval/ },
    { args: ['--file', 'x.json', '--count', '5'], says: /--file brings its own/ },
    { args: ['--nope'], says: /unknown option '--nope'.*--help/ },
    { args: ['more'], says: /too many arguments/ },
    { args: ['--file', join(file, 'absent.json')], says: /absent\.json does not exist/ },
    { env: { RUN_ID: 'mine', ORDER_COUNT: '-1' }, says: /ORDER_COUNT.*RUN_ID|RUN_ID.*ORDER_COUNT/ },
    { env: { LEDGER_FILE: '/dev/null/ledger.jsonl' }, says: /ledger \/dev\/null.*check the path/ },
  ]
  for (const { says, ...given } of wrong) {
    const producer = startService(bench, 'producer', given)
    expect(await producer.exited).toMatchObject({ code: 1 })
    const complaints = producer.lines.filter((line) => !/ INFO:? /.test(line))
    expect(complaints, producer.output).toEqual([expect.stringMatching(says)])
  }
})

test('says what to do when no broker answers, and ends with 1', async () => {
  const bench = createBench()
  const env = { KAFKA_BROKERS: 'localhost:1', STARTUP_TIMEOUT_MS: '1000' }
  const producer = startService(bench, 'producer', { args: ['--count', '5'], env })
  expect(await producer.exited).toMatchObject({ code: 1 })
  const errors = producer.lines.filter((line) => line.includes('ERROR'))
  expect(errors).toEqual([
    expect.stringMatching(/Kafka at localhost:1 is away .*: start it .* or set KAFKA_BROKERS$/),
  ])
  expect((await readAccount(bench)).tried).toEqual([])
})

test('warns of a topic that is there with another shape, and works with it', async () => {
  const bench = createBench()
  const admin = createKafka({ clientId: 'test', brokers: bench.brokers }).admin()
  await admin.connect()
  const topics = [{ topic: bench.topic, numPartitions: 3, replicationFactor: 1 }]
  await admin.createTopics({ topics, waitForLeaders: false })
  await admin.disconnect()
  await until('the topic is there', async () => (await readEnds(bench)).size === 3)
  const producer = startService(bench, 'producer', { args: ['--count', '40', '--interval', '0'] })
  tellOnFailure(producer)
  startService(bench, 'consumer-auto')
  startService(bench, 'consumer-batch')
  await untilDone(producer)
  expect(producer.count(/is different: partitions is 3 instead of 5/)).toBe(1)
  expect(producer.count(/is different: replication factor is 1 instead of 3/)).toBe(1)
  expect([...(await readEnds(bench)).keys()]).toEqual([0, 1, 2])
  const { acknowledged } = await expectKept(bench)
  expect(acknowledged).toHaveLength(40)
})
