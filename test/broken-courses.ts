import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { partitionOf } from '@orders/platform/kafka/partition'
import { onTestFinished } from 'vitest'
import { readPositions, type Bench } from './bench.ts'
import { CopiedService, type ServiceName } from './broken-copy.ts'
import { readCommitted, readEnds } from './evidence.ts'
import { makeOrders } from './orders.ts'
import type { OddMessage } from '@orders/drills/faults/poison-kinds'
import { goodMessage } from './poison-mix.ts'
import { prepareTopic } from './prepare-topic.ts'
import { sendRaw } from './raw-producer.ts'
import { until } from './until.ts'

/** What is left to be judged after a course. */
export interface Remains {
  /** Traces by consumer; a consumer that is not named did not run. */
  traces: Partial<Record<'auto' | 'batch', string[]>>
  hasLedger: boolean
  /** It was broken off on purpose: what is not finished is no violation. */
  isRunning: boolean
}

/** Lets services from a copy live through something. */
export type Course = (bench: Bench, copy: string) => Promise<Remains>

const PARTITIONS = 5
const ORDERS = 100
/** A start takes its time on a busy machine. */
const START_LIMIT_MS = 60_000
const STILL_LIMIT_MS = 7_000
const POLL_MS = 150

type Consumer = 'auto' | 'batch'

/** Reads everything there is, in one life. */
export function readAll(name: Consumer, mixed: Mixed = {}): Course {
  return async (bench, copy) => {
    await fill(bench, mixed)
    const life = startConsumer(bench, copy, name)
    await settle(bench, name, life)
    await life.service.end('SIGKILL')
    return { traces: { [name]: [life.trace] }, hasLedger: false, isRunning: false }
  }
}

/**
 * Dies at a point, and is judged as it then lies there. No order comes twice, and every partition
 * has more than ten: what is passed over must be an order that is nowhere else.
 */
export function dieAt(name: Consumer, faultPoint: string): Course {
  return async (bench, copy) => {
    await fill(bench, { orders: 300, repeats: false })
    const life = startConsumer(bench, copy, name, { FAULT_POINT: faultPoint })
    await Promise.race([life.service.exited, sleep(START_LIMIT_MS)])
    if (!life.service.hasEnded) throw new Error(`${faultPoint} was not reached`)
    return { traces: { [name]: [life.trace] }, hasLedger: false, isRunning: true }
  }
}

/** Collects seven, then another member joins, then there is more to read. */
export const joinedByAnother: Course = async (bench, copy) => {
  await fill(bench, { orders: 2 })
  const first = startConsumer(bench, copy, 'batch')
  await settle(bench, 'batch', first)
  const second = startConsumer(bench, copy, 'batch')
  await untilLine(second.service, /joined the group: partitions \d/)
  await fill(bench)
  await settle(bench, 'batch', second)
  await Promise.all([first, second].map(({ service }) => service.end('SIGKILL')))
  return { traces: { batch: [first.trace, second.trace] }, hasLedger: false, isRunning: false }
}

/** Something else than the registry answers, and says 404 to everything. */
export const behindAnOddProxy: Course = async (bench, copy) => {
  await fill(bench)
  const server = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no route"}')
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  const life = startConsumer(bench, copy, 'auto', { SCHEMA_REGISTRY_URL: url })
  await settle(bench, 'auto', life)
  await life.service.end('SIGKILL')
  return { traces: { auto: [life.trace] }, hasLedger: false, isRunning: true }
}

/** Redis does the fifth write, but its answer is lost. */
export const withoutARedisAnswer: Course = async (bench, copy) => {
  await fill(bench, { repeats: false })
  const REDIS_URL = `redis://127.0.0.1:${await losingProxy(bench.redisUrl, 5)}`
  const life = startConsumer(bench, copy, 'auto', { REDIS_URL })
  await settle(bench, 'auto', life)
  await life.service.end('SIGKILL')
  return { traces: { auto: [life.trace] }, hasLedger: false, isRunning: false }
}

/** Produces, and dies at a point if one is given; the orders are read by nobody. */
export function produce(faultPoint?: string): Course {
  return async (bench, copy) => {
    const producer = new CopiedService(copy, 'producer', ['--count', '150', '--interval', '0'], {
      ...placesOf(bench),
      LEDGER_FILE: bench.ledgerFile,
      SEND_TIMEOUT_MS: '4000',
      ...(faultPoint === undefined ? {} : { FAULT_POINT: faultPoint }),
    })
    await Promise.race([producer.exited, sleep(START_LIMIT_MS)])
    if (!producer.hasEnded) throw new Error(producer.lines.slice(-20).join('\n'))
    return { traces: {}, hasLedger: true, isRunning: false }
  }
}

interface Mixed {
  orders?: number
  /** Two orders come twice, as after a lost answer. */
  repeats?: boolean
}

/** One bad message at the head of every partition, then orders. */
async function fill(bench: Bench, { orders = ORDERS, repeats = true }: Mixed = {}): Promise<void> {
  let order = 0
  // A topic just made is not known to every broker yet, and the client then gives up.
  await until('the topic is there', async () => (order = await prepareTopic(bench)) > 0)
  const made = makeOrders(orders).map((one) => goodMessage(one, { order }))
  const again = repeats ? made.slice(0, 2) : []
  const bad = Array.from({ length: PARTITIONS }, (_, partition): Placed => {
    return { partition, key: Buffer.from('C-1'), value: Buffer.from(`no order ${partition}`) }
  })
  await sendRaw(bench, [...bad, ...[...made, ...again].map(place)])
}

type Placed = OddMessage & { partition: number }

function place(message: OddMessage): Placed {
  return { partition: partitionOf(message.key ?? Buffer.alloc(0), PARTITIONS), ...message }
}

interface Life {
  service: CopiedService
  trace: string
}

let lives = 0

function startConsumer(
  bench: Bench,
  copy: string,
  name: Consumer,
  env: Record<string, string> = {},
): Life {
  const service: ServiceName = `consumer-${name}`
  lives += 1
  const trace = join(copy, `${service}-${lives}.trace.jsonl`)
  const settings = { ...placesOf(bench), ...bench.consumerEnv(service), TRACE_FILE: trace, ...env }
  return { service: new CopiedService(copy, service, [], settings), trace }
}

function placesOf(bench: Bench): Record<string, string> {
  return {
    KAFKA_BROKERS: bench.brokers.join(','),
    SCHEMA_REGISTRY_URL: bench.registryUrl,
    REDIS_URL: bench.redisUrl,
    KAFKA_TOPIC: bench.topic,
  }
}

/**
 * Waits until a consumer is at the end of the log. A broken one may never come there: it is given
 * up when nothing has changed for a while, though its service is in the group.
 */
async function settle(bench: Bench, name: Consumer, { service }: Life): Promise<void> {
  let before = ''
  let changedAt = Date.now()
  while (!service.hasEnded && Date.now() - changedAt < STILL_LIMIT_MS) {
    const progress = await readProgress(bench, name).catch(() => [])
    if (isAtTheEnd(name, progress)) return
    const now = JSON.stringify(progress, (_, value: unknown) => String(value))
    const isIn = service.lines.some((line) => line.includes('joined the group'))
    if (now !== before || !isIn) changedAt = Date.now()
    before = now
    await sleep(POLL_MS)
  }
}

interface Progress {
  end: bigint
  next: bigint
  committed: bigint
}

async function readProgress(bench: Bench, name: Consumer): Promise<Progress[]> {
  const positions = await readPositions(bench, name)
  const committed = await readCommitted(bench, name)
  return [...(await readEnds(bench))].map(([partition, end]) => ({
    end,
    next: positions[partition]?.next ?? 0n,
    committed: committed.get(partition) ?? 0n,
  }))
}

function isAtTheEnd(name: Consumer, progress: Progress[]): boolean {
  if (progress.length === 0 || progress.some(({ end, next }) => next < end)) return false
  const open = progress.reduce((sum, { end, committed }) => sum + end - committed, 0n)
  return open < (name === 'auto' ? 1n : 10n)
}

async function untilLine(service: CopiedService, pattern: RegExp): Promise<void> {
  const end = Date.now() + START_LIMIT_MS
  while (!service.lines.some((line) => pattern.test(line))) {
    if (Date.now() > end) throw new Error(`${pattern} did not come: ${service.lines.join('\n')}`)
    await sleep(POLL_MS)
  }
}

/** A way to Redis on which the answer to one write is lost, after Redis has done it. */
async function losingProxy(url: string, nth: number): Promise<number> {
  let writes = 0
  const { hostname, port } = new URL(url)
  const server = createTcpServer((client) => {
    const redis = connect(Number(port), hostname)
    let isLosing = false
    client.on('data', (bytes) => {
      if (/evalsha|exec/i.test(bytes.toString('latin1')) && bytes.includes('positions:')) {
        writes += 1
        isLosing ||= writes === nth
      }
      redis.write(bytes)
    })
    redis.on('data', (bytes) => (isLosing ? client.destroy() : client.write(bytes)))
    for (const socket of [client, redis]) {
      socket.on('error', () => undefined)
      socket.on('close', () => [client, redis].forEach((one) => one.destroy()))
    }
  })
  return listen(server)
}

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return (server.address() as AddressInfo).port
}
