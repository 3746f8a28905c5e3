import { randomUUID } from 'node:crypto'
import { createKafka } from '@orders/platform/kafka/client'
import { PartitionSender } from '@orders/platform/kafka/sender'
import { openLedger } from '@orders/platform/ledger'
import { encodeOrder } from '@orders/platform/order-encoder'
import { Dispatch } from '@orders/producer/dispatch'
import { createRandom } from '@orders/producer/random'
import type { Order } from '@orders/schemas/order'
import { expect, onTestFinished, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import { faultySockets, type Fate } from './faulty-sockets.ts'
import { findDisorder, findLosses, type Acknowledgement } from './log-check.ts'
import { readTopic } from './read-topic.ts'
import { makeOrders } from './orders.ts'
import { prepareTopic } from './prepare-topic.ts'
import { until } from './until.ts'

const PARTITIONS = 5
const ON_THE_WAY_MAX = 25
const SEED = 20_261_121

test('keeps every acknowledgement true while answers of brokers are lost at random', async () => {
  const bench = createBench()
  const fates = new RandomFates()
  const line = await openLine(bench, { sendTimeoutMs: 1_200, decide: () => fates.next() })
  const orders = makeOrders(600)

  await line.sendAll(orders)

  const log = await readTopic(bench, bench.topic)
  expect(findLosses(line.acknowledged, log)).toEqual([])
  expect(findDisorder(orders, log)).toEqual([])
  expect(line.acknowledged.map(({ order }) => order.orderId).sort()).toEqual(idsOf(orders))
  expect(fates.count('lose')).toBeGreaterThan(10)
  expect(fates.count('swallow')).toBeGreaterThan(0)
  expect(fates.count('shorten')).toBeGreaterThan(0)
  expect(line.retired.join()).toContain('does not cover')
  expect(line.retired.join()).toContain('no answer for 1200 ms')
})

test('sends the same orders first after a producer has used up its tries', async () => {
  const bench = createBench()
  let lost = 0
  let losing = false
  const decide = (): Fate => {
    if (!losing || line.retired.length > 0) return 'pass'
    lost += 1
    return 'lose'
  }
  const line = await openLine(bench, { sendTimeoutMs: 60_000, decide })
  // One customer, so that all wait in one lane behind the one that is in trouble.
  const orders = makeOrders(20).map((order) => ({ ...order, customerId: 'C-1' }))
  await line.sendAll(orders.slice(0, 1))
  losing = true
  await line.sendAll(orders.slice(1))

  const log = await readTopic(bench, bench.topic)
  expect(findLosses(line.acknowledged, log)).toEqual([])
  expect(findDisorder(orders, log)).toEqual([])
  expect(line.acknowledged).toHaveLength(20)
  expect(lost).toBeGreaterThan(5)
  expect(line.retired).toHaveLength(1)
})

test('flags the client library as usually written: three sends at once lose an order', async () => {
  const bench = createBench()
  const schemaId = await prepareTopic(bench)
  let answers = 0
  const socketFactory = faultySockets(() => {
    answers += 1
    return answers === 2 ? 'lose' : 'pass'
  })
  const kafka = createKafka({ clientId: 'usual', brokers: bench.brokers, socketFactory })
  const producer = kafka.producer({ idempotent: true })
  onTestFinished(() => producer.disconnect())
  await producer.connect()
  const [first, ...three] = makeOrders(4)
  if (!first) throw new Error('no order')
  const send = async (order: Order): Promise<Acknowledgement> => {
    const message = { partition: 0, key: order.customerId, value: encodeOrder(schemaId, order) }
    const [answer] = await producer.send({ topic: bench.topic, messages: [message] })
    return { order, partition: 0, offset: BigInt(answer?.baseOffset ?? -1) }
  }
  const acknowledged = [await send(first), ...(await Promise.all(three.map(send)))]

  const problems = findLosses(acknowledged, await readTopic(bench, bench.topic))
  expect(problems.join()).toContain('which is nowhere')
})

test('refuses a second send on a partition while one is under way', async () => {
  const bench = createBench()
  await prepareTopic(bench)
  const sender = new PartitionSender({
    clientId: 'test',
    brokers: bench.brokers,
    sendTimeoutMs: 30_000,
  })
  onTestFinished(() => sender.close())
  const send = (partition: number): Promise<bigint> =>
    sender.send(bench.topic, partition, [{ key: null, value: Buffer.from('x') }])
  const answers = await Promise.allSettled([send(0), send(0), send(1)])

  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(answers[1]).toMatchObject({ reason: { message: /is under way already/ } })
  expect(await send(0)).toBe(1n)
})

test('does not let other partitions wait for the answers of a producer that was retired', async () => {
  const bench = createBench()
  await prepareTopic(bench)
  const fates: Fate[] = ['swallow', 'shorten']
  const sender = new PartitionSender({
    clientId: 'test',
    brokers: bench.brokers,
    sendTimeoutMs: 60_000,
    socketFactory: faultySockets(() => fates.shift() ?? 'pass'),
  })
  onTestFinished(() => sender.close())
  const send = (partition: number): Promise<bigint> =>
    sender.send(bench.topic, partition, [{ key: null, value: Buffer.from('x') }])
  const silent = send(0).catch((error: unknown) => error)
  await until('the first answer is swallowed', () => fates.length === 1)
  await expect(send(1)).rejects.toThrow(/does not cover/)

  // The library itself would end it ten seconds later, with a connection error.
  expect(await silent).toMatchObject({ message: 'its producer was retired', outcome: 'unknown' })
  expect(await send(0)).toBe(1n)
})

interface Line {
  acknowledged: Acknowledgement[]
  retired: string[]
  /** Sends orders, a few at a time on the way, and waits until the last one is acknowledged. */
  sendAll(orders: Order[]): Promise<void>
}

/** The producer's own way from an order to the log, on connections that have faults. */
async function openLine(
  bench: Bench,
  { sendTimeoutMs, decide }: { sendTimeoutMs: number; decide: () => Fate },
): Promise<Line> {
  const schemaId = await prepareTopic(bench)
  const acknowledged: Acknowledgement[] = []
  const given = new Map<string, Order>()
  const retired: string[] = []
  const givenUp = new AbortController()
  const sender = new PartitionSender({
    clientId: 'test',
    brokers: bench.brokers,
    sendTimeoutMs,
    socketFactory: faultySockets(decide),
    onRetired: (reason) => retired.push(reason),
  })
  const ledger = await openLedger(bench.ledgerFile)
  onTestFinished(async () => {
    givenUp.abort()
    await sender.close()
    await ledger.close()
  })
  const dispatch = new Dispatch(
    {
      topic: bench.topic,
      partitions: PARTITIONS,
      schemaId,
      sendRetries: 100,
      givenUp: givenUp.signal,
      passPoint: () => Promise.resolve(),
    },
    sender,
    ledger,
    {
      acknowledged: ({ orderIds }, partition, firstOffset) => {
        for (const [i, orderId] of orderIds.entries()) {
          const order = given.get(orderId)
          if (order === undefined) throw new Error(`${orderId} was acknowledged, but never sent`)
          acknowledged.push({ order, partition, offset: firstOffset + BigInt(i) })
        }
      },
      refused: () => undefined,
      held: () => undefined,
      unwritten: () => undefined,
      failedTry: () => undefined,
    },
  )
  const runId = randomUUID()
  let added = 0
  return {
    acknowledged,
    retired,
    async sendAll(orders) {
      for (const order of orders) {
        await until('some have arrived', () => added - acknowledged.length < ON_THE_WAY_MAX)
        given.set(order.orderId, order)
        dispatch.add(order, runId, added)
        added += 1
      }
      await until('all have arrived', () => added === acknowledged.length)
    },
  }
}

/** Now and then a few answers in a row fare badly; the same ones in every run of the test. */
class RandomFates {
  readonly #random = createRandom(SEED, 0)
  readonly #counts = new Map<Fate, number>()
  #burst: Fate[] = []

  next(): Fate {
    if (this.#burst.length === 0 && this.#random.below(6) === 0) this.#burst = this.#plan()
    const fate = this.#burst.pop() ?? 'pass'
    this.#counts.set(fate, this.count(fate) + 1)
    return fate
  }

  count(fate: Fate): number {
    return this.#counts.get(fate) ?? 0
  }

  #plan(): Fate[] {
    const length = 1 + this.#random.below(4)
    const kind = (['lose', 'lose', 'lose', 'swallow', 'shorten'] as const)[this.#random.below(5)]
    return kind === 'lose' ? Array<Fate>(length).fill('lose') : [kind ?? 'pass']
  }
}

function idsOf(orders: Order[]): string[] {
  return orders.map(({ orderId }) => orderId).sort()
}
