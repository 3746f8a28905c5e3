import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withAdmin } from '@orders/platform/kafka/admin'
import { openRedis } from '@orders/platform/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectFacts, fetchPartitions, type FactSources } from '../demo/src/collect-facts.ts'
import { findProblems } from '../demo/src/facts.ts'
import { waitForReaders } from '../demo/src/wait-for-readers.ts'
import { ComposeProject, hasEngine } from './compose-project.ts'
import { findFreePorts } from './free-ports.ts'
import { RunningService } from './running-service.ts'
import { until } from './until.ts'

const [kafka1, kafka2, kafka3, registry, redisPort, kafkaUi, redisInsight] = await findFreePorts(7)
const BROKERS = [kafka1, kafka2, kafka3].map((port) => `localhost:${port}`)
const REGISTRY_URL = `http://localhost:${registry}/apis/ccompat/v7`
const REDIS_URL = `redis://localhost:${redisPort}`
const COUNT = 600
const HOST_COUNT = 7
const AWAY_MS = 10_000
const HEALTHY_LIMIT_MS = 180_000

const project = new ComposeProject('order-simulator-test', {
  PORT_KAFKA_1: `${kafka1}`,
  PORT_KAFKA_2: `${kafka2}`,
  PORT_KAFKA_3: `${kafka3}`,
  PORT_REGISTRY: `${registry}`,
  PORT_REDIS: `${redisPort}`,
  PORT_KAFKA_UI: `${kafkaUi}`,
  PORT_REDISINSIGHT: `${redisInsight}`,
  KAFKA_TOPIC: 'orders',
  KAFKA_DLQ_TOPIC: 'orders.dlq',
  ORDER_COUNT: `${COUNT}`,
  ORDER_INTERVAL_MS: '200',
  BATCH_SIZE: '10',
})

describe.skipIf(!hasEngine())('docker compose up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-compose-'))
  const { redis, close } = openRedis(REDIS_URL)
  const sources: FactSources = {
    kafka: { clientId: 'compose-test', brokers: BROKERS, retries: 8 },
    redis,
    topic: 'orders',
    dlqTopic: 'orders.dlq',
    groups: { auto: 'consumer-auto', batch: 'consumer-batch' },
    ledgerFile: join(folder, 'compose.jsonl'),
    runId: '',
  }
  const hostLedger = join(folder, 'host.jsonl')
  let sentFromHost = 0

  /** How many orders both consumers have in Redis, by their own account. */
  async function countStored(): Promise<{ auto: number; batch: number }> {
    const partitions = await fetchPartitions(sources)
    const sum = (name: 'auto' | 'batch'): number =>
      partitions.reduce((total, part) => total + part[name].stored, 0)
    return { auto: sum('auto'), batch: sum('batch') }
  }

  /** Sends orders from this machine, beside the producer in Docker. */
  async function sendFromHost(): Promise<void> {
    const args = ['--count', `${HOST_COUNT}`, '--interval', '0']
    const producer = new RunningService('producer', args, {
      KAFKA_BROKERS: BROKERS.join(','),
      SCHEMA_REGISTRY_URL: REGISTRY_URL,
      LEDGER_FILE: hostLedger,
    })
    expect(await producer.exited, producer.output).toMatchObject({ code: 0 })
    sentFromHost += HOST_COUNT
  }

  async function untilMoreIsStored(): Promise<void> {
    let before = { auto: Infinity, batch: Infinity }
    await until('Kafka and Redis tell how far the consumers are', async () => {
      before = await countStored()
      return true
    })
    await sendFromHost()
    await until('both consumers store more orders', async () => {
      const now = await countStored()
      return now.auto > before.auto && now.batch > before.batch
    })
  }

  async function untilHealthy(): Promise<void> {
    await until('all containers are healthy', () => project.isHealthy(), HEALTHY_LIMIT_MS)
  }

  beforeAll(async () => {
    await project.run('down', '-v', '--remove-orphans')
    await project.run('up', '-d', '--build', '--wait', '--wait-timeout', '600')
  })

  afterAll(async () => {
    await close()
    await project.run('down', '-v')
    rmSync(folder, { recursive: true, force: true })
  })

  test('brings everything up healthy, and orders flow to both, from the host as well', async () => {
    expect(await project.isHealthy()).toBe(true)
    await until('topic orders is there', async () => (await fetchPartitions(sources)).length === 5)
    await untilMoreIsStored()
  })

  test('changes nothing the second time', async () => {
    const before = await project.list()
    await project.run('up', '-d', '--wait')
    const ids = (await project.list()).map(({ ID }) => ID).sort()
    expect(ids).toEqual(before.map(({ ID }) => ID).sort())
  })

  test('goes on while one broker is killed, and mends itself when that one is back', async () => {
    await project.run('kill', 'kafka-2')
    await sleep(AWAY_MS)
    await untilMoreIsStored()
    await project.run('start', 'kafka-2')
    await untilHealthy()
  })

  test('goes on after Redis was stopped for a while', async () => {
    await project.run('stop', 'redis')
    await sleep(AWAY_MS)
    await project.run('start', 'redis')
    await untilMoreIsStored()
    await untilHealthy()
  })

  test('has in the end every acknowledged order in Redis, for both consumers', async () => {
    await until(
      'the producer is done',
      async () => (await project.run('logs', 'producer')).includes('all done'),
      240_000,
    )
    writeFileSync(
      sources.ledgerFile,
      await project.run('exec', '-T', 'producer', 'cat', '/ledger/orders.jsonl'),
    )
    const { signal } = new AbortController()
    const fetch = () => fetchPartitions(sources)
    expect(await waitForReaders({ fetch, signal, onWait: () => undefined })).toBe(true)
    const { clusterId } = await withAdmin(sources.kafka, (admin) => admin.describeCluster())
    for (const [ledgerFile, count] of [
      [sources.ledgerFile, COUNT],
      [hostLedger, sentFromHost],
    ] as const) {
      const facts = await collectFacts({ ...sources, ledgerFile }, clusterId)
      expect(findProblems(facts)).toEqual([])
      expect(facts.acknowledged).toBe(count)
    }
  })

  test('stops its services in good order', async () => {
    await project.run('stop')
    const endings = (await project.list()).map(({ Service, ExitCode }) => [Service, ExitCode])
    expect(Object.fromEntries(endings)).toMatchObject({
      producer: 0,
      'consumer-auto': 0,
      'consumer-batch': 0,
      redis: 0,
    })
  })
})
