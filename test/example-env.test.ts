import { readFileSync } from 'node:fs'
import { configShape as autoShape, readConfig as readAuto } from '@orders/consumer-auto/config'
import { configShape as batchShape, readConfig as readBatch } from '@orders/consumer-batch/config'
import { CLUSTER_VARIABLES, readClusterSettings } from '@orders/cluster/settings'
import { configShape as producerShape, readConfig as readProducer } from '@orders/producer/config'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readComposeVariables } from './compose-file.ts'

const read = (folder: string): Record<string, string> =>
  parseEnv(readFileSync(new URL(`../${folder}.example_env`, import.meta.url), 'utf8')) as Record<
    string,
    string
  >

const services = [
  { name: 'producer', shape: producerShape, readConfig: readProducer },
  { name: 'consumer-auto', shape: autoShape, readConfig: readAuto },
  { name: 'consumer-batch', shape: batchShape, readConfig: readBatch },
] as const

/** What the demo decides itself, each service for itself, or the cluster's addresses. */
const NOT_FOR_ALL = [
  'AUTO_COMMIT',
  'FAULT_POINT',
  'HEALTH_FILE',
  'KAFKA_BROKERS',
  'KAFKA_GROUP_ID',
  'LEDGER_FILE',
  'LOG_FORMAT',
  'REDIS_URL',
  'RUN_ID',
  'SCHEMA_REGISTRY_URL',
  'TRACE_FILE',
  'WHEN_DONE',
]

describe.each(services)('$name/.example_env', ({ name, shape, readConfig }) => {
  test('names every variable that the service reads, and nothing else', () => {
    expect(Object.keys(read(`${name}/`)).sort()).toEqual(Object.keys(shape).sort())
  })

  test('gives every variable its default', () => {
    expect(readConfig(read(`${name}/`))).toEqual(readConfig({}))
  })
})

describe('.example_env', () => {
  const shared = Object.keys({ ...producerShape, ...autoShape, ...batchShape }).filter(
    (variable) => !NOT_FOR_ALL.includes(variable),
  )

  const ports = Object.keys(readComposeVariables()).filter((name) => name.startsWith('PORT_'))

  test('names every variable that the services share, the ports, and nothing else', () => {
    const wanted = [...shared, ...ports, ...CLUSTER_VARIABLES].sort()
    expect(Object.keys(read('')).sort()).toEqual(wanted)
  })

  test('gives every variable its default', () => {
    const { BATCH_SIZE, ...rest } = read('')
    expect(readProducer(rest)).toEqual(readProducer({}))
    expect(readBatch({ ...rest, BATCH_SIZE })).toEqual(readBatch({}))
    expect(readClusterSettings(rest)).toEqual(readClusterSettings({}))
  })
})

test('a consumer with the setting of the other says so and does not start', () => {
  expect(() => readAuto({ AUTO_COMMIT: 'false' })).toThrow(/AUTO_COMMIT="false".*consumer-batch/)
  expect(() => readAuto({ BATCH_SIZE: '10' })).toThrow(/BATCH_SIZE="10".*consumer-batch/)
  expect(() => readBatch({ AUTO_COMMIT: 'true' })).toThrow(/AUTO_COMMIT="true".*consumer-auto/)
  expect(() => readBatch({ BATCH_SIZE: '1' })).toThrow(/BATCH_SIZE="1".*2 to 1000/)
})

test('bad settings are told all at once, with what each should be', () => {
  const env = { ORDER_COUNT: 'ten', ORDER_INTERVAL_MS: '-1', KAFKA_BROKERS: 'http://x' }
  expect(() => readProducer(env)).toThrow(/KAFKA_BROKERS.*ORDER_INTERVAL_MS.*ORDER_COUNT/)
})
