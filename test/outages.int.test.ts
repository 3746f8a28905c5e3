import type { ConsumerName } from '@orders/platform/order-store'
import { expect, test } from 'vitest'
import { createBench, readAcknowledged, readPositions, readStored, type Bench } from './bench.ts'
import { countRecords } from './dead-letter-topic.ts'
import { expectKept, readCommitted, sumStored, untilDrained } from './evidence.ts'
import {
  endLoad,
  startLoad,
  tellOnFailure,
  untilSaid,
  untilStoredMore,
  watchFences,
} from './load.ts'
import { alterTopic, freezePart, killPart, loseAllWrites, loseLastWrites } from './outage-parts.ts'
import { goodMessage } from './poison-mix.ts'
import { sendRaw } from './raw-producer.ts'
import { startService, type RunningService } from './running-service.ts'
import { makeOrders } from './orders.ts'
import { prepareTopic } from './prepare-topic.ts'
import { until } from './until.ts'

const BOTH: ConsumerName[] = ['auto', 'batch']
const PER_SECOND = 40

test('keeps every promise while Redis is frozen, and then killed and started again', async () => {
  const bench = createBench()
  const load = startLoad(bench, PER_SECOND)
  const consumers = startBoth(bench)
  tellOnFailure(load, ...consumers)
  await bothStoredMore(bench, 50)
  const endWatch = watchFences(bench, BOTH)

  const thaw = freezePart(bench, 'redis')
  for (const consumer of consumers) await untilSaid(consumer, /waiting for Redis/)
  thaw()
  await bothStoredMore(bench, 50)
  const startRedis = await killPart(bench, 'redis')
  for (const consumer of consumers) await untilSaid(consumer, /waiting for Redis/, 2)
  await startRedis()
  await bothStoredMore(bench, 50)
  await endLoad(load)

  await expectKept(bench)
  expect(await endWatch()).toEqual([])
  await expectUnharmed(bench, consumers)
})

test('keeps good orders from the dead letters while the registry hangs, or is not there', async () => {
  const bench = createBench()
  const load = startLoad(bench, PER_SECOND)
  const warm = startService(bench, 'consumer-auto')
  await untilStoredMore(bench, 'auto', 50)
  const endWatch = watchFences(bench, BOTH)

  freezePart(bench, 'schema-registry')
  const cold = startService(bench, 'consumer-batch')
  tellOnFailure(load, warm, cold)
  await untilSaid(cold, /waiting for the schema registry/)
  const startRegistry = await killPart(bench, 'schema-registry')
  await untilSaid(cold, /waiting for the schema registry/, 2)
  await untilStoredMore(bench, 'auto', 50)
  expect(await sumStored(bench, 'batch')).toBe(0)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(0n)
  await startRegistry()
  await untilStoredMore(bench, 'batch', 50)
  await endLoad(load)

  await expectKept(bench)
  expect(await endWatch()).toEqual([])
  expect(warm.count(/WARN|ERROR/)).toBe(0)
  await expectUnharmed(bench, [warm, cold])
})

test('never passes a bad message while the dead-letter topic cannot take it', async () => {
  const bench = createBench()
  const schemaId = await prepareTopic(bench)
  const consumers = startBoth(bench)
  tellOnFailure(...consumers)
  for (const consumer of consumers) await untilSaid(consumer, /joined the group/)
  await alterTopic(bench, bench.dlqTopic, { 'max.message.bytes': '100' })
  const good = makeOrders(2).map((order) => goodMessage(order, { order: schemaId }))
  const bad = { key: null, value: Buffer.from('no order') }
  const [before = bad, after = bad] = good
  await sendRaw(
    bench,
    [before, bad, after].map((message) => ({ ...message, partition: 2 })),
  )

  for (const consumer of consumers) await untilSaid(consumer, /waiting for the dead-letter topic/)
  for (const name of BOTH) {
    expect((await readCommitted(bench, name)).get(2) ?? 0n).toBeLessThanOrEqual(1n)
    expect((await readPositions(bench, name))[2]?.next ?? 0n).toBeLessThanOrEqual(1n)
  }
  await alterTopic(bench, bench.dlqTopic, { 'min.insync.replicas': '2' })
  for (const name of BOTH) await untilDrained(bench, name)
  expect(await countRecords(bench, bench.dlqTopic)).toBe(1n)
  for (const name of BOTH) expect(await sumStored(bench, name)).toBe(2)
})

test('reads again what Redis has lost while the consumers run', async () => {
  const bench = createBench()
  const load = startLoad(bench, PER_SECOND)
  const consumers = startBoth(bench)
  tellOnFailure(load, ...consumers)
  await bothStoredMore(bench, 100)
  for (const name of BOTH) await loseAllWrites(bench, name)
  await bothStoredMore(bench, 50)
  await endLoad(load)

  for (const name of BOTH) await expectAllStored(bench, name)
  await expectUnharmed(bench, consumers)
})

test('reads again what a Redis that comes back has lost, though no new order comes', async () => {
  const bench = createBench()
  const load = startLoad(bench, PER_SECOND)
  const consumers = startBoth(bench)
  tellOnFailure(load, ...consumers)
  await bothStoredMore(bench, 100)
  await endLoad(load)
  for (const name of BOTH) {
    await expectAllStored(bench, name)
    await loseLastWrites(bench, name, 15)
  }
  // All connections end, as when Redis is started again.
  await bench.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')

  for (const name of BOTH) await expectAllStored(bench, name)
  await expectUnharmed(bench, consumers)
})

test('reads again what Redis has lost while the consumers were stopped', async () => {
  const bench = createBench()
  const load = startLoad(bench, PER_SECOND)
  const first = startBoth(bench)
  await bothStoredMore(bench, 100)
  await endLoad(load)
  for (const name of BOTH) await untilDrained(bench, name)
  for (const consumer of first) await consumer.end('SIGTERM')
  for (const name of BOTH) expect(await loseLastWrites(bench, name, 15)).toBeGreaterThan(20)

  // No new order comes: what is lost has to come back without one.
  tellOnFailure(...startBoth(bench))
  for (const name of BOTH) await expectAllStored(bench, name)
})

function startBoth(bench: Bench): RunningService[] {
  return [startService(bench, 'consumer-auto'), startService(bench, 'consumer-batch')]
}

async function bothStoredMore(bench: Bench, count: number): Promise<void> {
  await Promise.all(BOTH.map((name) => untilStoredMore(bench, name, count)))
}

/** Every acknowledged order is stored, at the place where it was acknowledged. */
async function expectAllStored(bench: Bench, name: ConsumerName): Promise<void> {
  const acknowledged = await readAcknowledged(bench)
  await until(`consumer-${name} has every order`, async () => {
    return (await readStored(bench, name)).size === acknowledged.size
  })
  const stored = await readStored(bench, name)
  const places = [...stored].map(([id, hash]): [string, string] => [
    id,
    `${hash['partition']}/${hash['offset']}`,
  ])
  expect(new Map(places)).toEqual(acknowledged)
  expect(await sumStored(bench, name)).toBe(acknowledged.size)
}

/** No good order is among the dead letters, and whoever ran still does, and ends as it should. */
async function expectUnharmed(bench: Bench, consumers: RunningService[]): Promise<void> {
  expect(await countRecords(bench, bench.dlqTopic)).toBe(0n)
  for (const consumer of consumers) {
    expect(await consumer.end('SIGTERM'), consumer.output).toMatchObject({ code: 0 })
  }
}
