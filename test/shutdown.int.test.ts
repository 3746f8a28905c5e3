import { createRandom } from '@orders/producer/random'
import { expect, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import { freezeParts, mendAfterTest, mendCluster } from './brokers.ts'
import { expectKept, sumDeliveredAgain } from './evidence.ts'
import { endLoad, lastLines, startLoad, tellOnFailure, untilSaid, untilStoredMore } from './load.ts'
import { startService, type RunningService } from './running-service.ts'
import { until } from './until.ts'

const SEED = 11
const RATE = 80
const LINES_MAX = 60
const BATCH_SIZE = 10
const SIGNALS: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGTERM']

type Name = 'producer' | 'consumer-auto' | 'consumer-batch'
const NAMES: Name[] = ['producer', 'consumer-auto', 'consumer-batch']

function start(bench: Bench, name: Name): RunningService {
  return name === 'producer' ? startLoad(bench, RATE) : startService(bench, name)
}

test('ends with 0 whenever it is told to, and nothing is lost or comes twice to consumer-auto', async () => {
  const bench = createBench()
  const random = createRandom(SEED, 0)
  const endAgainAndAgain = async (name: Name): Promise<void> => {
    for (const signal of SIGNALS) {
      const service = start(bench, name)
      tellOnFailure(service)
      await untilSaid(service, / (stored|acknowledged) /, 1 + random.below(LINES_MAX))
      expect(await service.end(signal), lastLines(service)).toMatchObject({ code: 0 })
    }
  }
  const [load] = await Promise.all([
    // The consumers may need it longer than its own rounds last.
    endAgainAndAgain('producer').then(() => start(bench, 'producer')),
    endAgainAndAgain('consumer-auto'),
    endAgainAndAgain('consumer-batch'),
  ])
  await endLoad(load)
  start(bench, 'consumer-auto')
  start(bench, 'consumer-batch')
  const { tried, acknowledged } = await expectKept(bench)
  expect(acknowledged).toHaveLength(tried.length)
  expect(await sumDeliveredAgain(bench, 'auto')).toBe(0)
  const most = (BATCH_SIZE - 1) * SIGNALS.length
  expect(await sumDeliveredAgain(bench, 'batch')).toBeLessThanOrEqual(most)
})

/** A process that does not get beyond its start, and the line by which that is known. */
interface Start {
  env: Record<string, string>
  says: RegExp
  names: Name[]
}

const CONSUMERS: Name[] = ['consumer-auto', 'consumer-batch']
const NOWHERE = 'localhost:1'

const starts: Start[] = [
  { names: NAMES, env: {}, says: /group .* on |created topic/ },
  { names: NAMES, env: { KAFKA_BROKERS: NOWHERE }, says: /waiting for Kafka at/ },
  {
    names: ['producer'],
    env: { SCHEMA_REGISTRY_URL: `http://${NOWHERE}` },
    says: /waiting for the schema/,
  },
  { names: CONSUMERS, env: { REDIS_URL: `redis://${NOWHERE}` }, says: /waiting for Redis at/ },
  { names: CONSUMERS, env: { KAFKA_TOPIC: 'orders-absent' }, says: /waiting for topic/ },
]

test('ends with 0 when it is told to while it starts', async () => {
  for (const { names, env, says } of starts) {
    await Promise.all(
      names.map(async (name) => {
        const service = startService(createBench(), name, { env })
        tellOnFailure(service)
        await untilSaid(service, says)
        expect(await service.end('SIGTERM'), lastLines(service)).toMatchObject({ code: 0 })
      }),
    )
  }
})

// What a process may take besides: this machine has more to do.
const GRACE_MS = 6_000

interface Hang {
  what: string
  parts: string[]
  names: Name[]
  /** Long enough to see the end; brokers that are frozen for longer would be missed. */
  limitMs: number
  /** Whether the process can end cleanly: a broker that hangs cannot be left politely. */
  codes: number[]
}

const hangs: Hang[] = [
  {
    what: 'Redis',
    parts: ['redis'],
    names: CONSUMERS,
    limitMs: 9_000,
    codes: [0],
  },
  {
    what: 'Kafka',
    parts: ['kafka-1', 'kafka-2', 'kafka-3'],
    names: NAMES,
    limitMs: 4_000,
    codes: [0, 1],
  },
]

test.each(hangs)('ends within its limit while $what hangs, and nothing is lost', async (hang) => {
  const { parts, names, limitMs } = hang
  const env = { SHUTDOWN_TIMEOUT_MS: String(limitMs) }
  const bench = createBench()
  mendAfterTest(bench)
  const args = ['--count', '100000', '--rate', String(RATE)]
  const services = new Map(
    NAMES.map((name) => {
      return [name, startService(bench, name, { env, args: name === 'producer' ? args : [] })]
    }),
  )
  tellOnFailure(...services.values())
  await untilStoredMore(bench, 'auto', 50)
  await untilStoredMore(bench, 'batch', 50)

  const thaw = freezeParts(bench, parts)
  await Promise.all(names.map((name) => expectEnd(hang, services.get(name))))
  thaw()
  await mendCluster(bench)

  const producer = services.get('producer')
  if (!names.includes('producer')) await producer?.end('SIGTERM')
  const last = startService(bench, 'producer', { args: ['--count', '0'] })
  start(bench, 'consumer-auto')
  start(bench, 'consumer-batch')
  expect(await last.exited, lastLines(last)).toMatchObject({ code: 0 })
  const { tried, acknowledged } = await expectKept(bench)
  expect(acknowledged).toHaveLength(tried.length)
})

/** It ends by itself, neither too late nor by the signal. */
async function expectEnd(
  { limitMs, codes }: Hang,
  service: RunningService | undefined,
): Promise<void> {
  let code: number | null | undefined
  service?.end('SIGTERM').then(
    (end) => (code = end.code),
    () => undefined,
  )
  await until('it has ended', () => code !== undefined, limitMs + GRACE_MS)
  expect(codes).toContain(code)
}
