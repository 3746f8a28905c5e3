import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { BROKER_SETTINGS, SMALL_MACHINE_SETTINGS } from '@orders/cluster/broker-settings'
import { REGISTRY_JOURNAL } from '@orders/cluster/registry-launch'
import { readClusterSettings } from '@orders/cluster/settings'
import { configShape as autoShape, readConfig as readAuto } from '@orders/consumer-auto/config'
import { configShape as batchShape, readConfig as readBatch } from '@orders/consumer-batch/config'
import { serviceSettings } from '@orders/platform/settings'
import { configShape as producerShape, readConfig as readProducer } from '@orders/producer/config'
import { describe, expect, test } from 'vitest'
import { readComposeFile, readComposeVariables, type ComposeService } from './compose-file.ts'

const compose = readComposeFile()
const { services } = compose
const variables = readComposeVariables()
const cluster = readClusterSettings({})
const readText = (path: string): string =>
  readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const BROKERS = ['kafka-1', 'kafka-2', 'kafka-3']
const NODE_SERVICES = [
  { name: 'producer', shape: producerShape, readConfig: readProducer },
  { name: 'consumer-auto', shape: autoShape, readConfig: readAuto },
  { name: 'consumer-batch', shape: batchShape, readConfig: readBatch },
] as const

/** What is different in a container: where the parts are, and what a container has besides. */
const OWN_TO_DOCKER = [
  'HEALTH_FILE',
  'KAFKA_BROKERS',
  'LEDGER_FILE',
  'REDIS_URL',
  'SCHEMA_REGISTRY_URL',
  'WHEN_DONE',
]

function service(name: string): ComposeService {
  const found = services[name]
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

/** As the container gets it: YAML reads 100 as a number, and nothing as null. */
function environment(name: string): Record<string, string> {
  const entries = Object.entries(service(name).environment ?? {})
  return Object.fromEntries(entries.map(([variable, value]) => [variable, `${value ?? ''}`]))
}

const variableOf = (property: string): string =>
  `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`
const seconds = (text: string | undefined): number => Number(/^(\d+)s$/.exec(text ?? '')?.[1])
const megabytes = (text: string): number => Number(/^(\d+)m$/.exec(text)?.[1])

describe('brokers', () => {
  const promised = { ...BROKER_SETTINGS, ...SMALL_MACHINE_SETTINGS }

  test.each(BROKERS)('%s promises what the cluster without Docker promises', (name) => {
    for (const [property, value] of Object.entries(promised)) {
      expect(environment(name)[variableOf(property)], property).toBe(value)
    }
  })

  test.each(BROKERS)('%s has no other settings than those, its place and its heap', (name) => {
    const place = [
      'ADVERTISED_LISTENERS',
      'CONTROLLER_LISTENER_NAMES',
      'CONTROLLER_QUORUM_VOTERS',
      'HEAP_OPTS',
      'INTER_BROKER_LISTENER_NAME',
      'JVM_PERFORMANCE_OPTS',
      'LISTENERS',
      'LISTENER_SECURITY_PROTOCOL_MAP',
      'LOG_DIRS',
      'NODE_ID',
      'PROCESS_ROLES',
    ].map((property) => `KAFKA_${property}`)
    const wanted = ['CLUSTER_ID', ...place, ...Object.keys(promised).map(variableOf)]
    expect(Object.keys(environment(name)).sort()).toEqual(wanted.sort())
    expect(environment(name)['KAFKA_HEAP_OPTS']).toBe(`-Xmx${cluster.brokerHeapMb}m`)
  })

  test.each([1, 2, 3])(
    'kafka-%i advertises the port that it publishes, a changed one too',
    (id) => {
      const name = `kafka-${id}`
      const port = cluster.kafkaPorts[id - 1]
      for (const [file, host] of [
        [compose, port],
        [readComposeFile({ [`PORT_KAFKA_${id}`]: '12345' }), 12_345],
      ] as const) {
        const { ports, environment: env = {}, volumes } = file.services[name] ?? {}
        expect(ports).toEqual([`127.0.0.1:${host}:9092`])
        expect(env['KAFKA_ADVERTISED_LISTENERS']).toBe(
          `INTERNAL://${name}:19092,EXTERNAL://localhost:${host}`,
        )
        expect(env['KAFKA_NODE_ID']).toBe(`${id}`)
        expect(volumes).toEqual([`${name}-data:${env['KAFKA_LOG_DIRS']}`])
      }
    },
  )

  test.each(BROKERS)(
    '%s does not wait for the name of a dead one until its own session ends',
    (name) => {
      expect(service(name).dns_opt).toEqual(['timeout:1', 'attempts:1'])
    },
  )

  test('the journal of the registry is made as the cluster without Docker makes it', () => {
    const { topic, partitions, replicationFactor, config } = REGISTRY_JOURNAL
    const configs = Object.entries(config ?? {}).map(([name, value]) => `--config=${name}=${value}`)
    const wanted = [
      ...configs,
      '--create',
      '--if-not-exists',
      `--topic=${topic}`,
      `--partitions=${partitions}`,
      `--replication-factor=${replicationFactor}`,
      `--bootstrap-server=${BROKERS.map((name) => `${name}:19092`).join(',')}`,
    ]
    expect([...(service('kafka-init').command ?? [])].sort()).toEqual(wanted.sort())
    expect(service('schema-registry').depends_on).toEqual({
      'kafka-init': { condition: 'service_completed_successfully' },
    })
  })

  test('Kafka and registry have the versions of the cluster without Docker', () => {
    const pom = readText('cluster/pom.xml')
    const versionOf = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(pom)?.[1]
    for (const name of [...BROKERS, 'kafka-init']) {
      expect(service(name).image).toBe(`apache/kafka:${versionOf('kafka.version')}`)
    }
    expect(service('schema-registry').image).toBe(
      `apicurio/apicurio-registry:${versionOf('registry.version')}`,
    )
  })
})

describe.each(NODE_SERVICES)('$name', ({ name, shape, readConfig }) => {
  const env = environment(name)

  test('is given only variables that it has, and every one that it needs', () => {
    expect(Object.keys(shape)).toEqual(expect.arrayContaining(Object.keys(env)))
    // A run id would make every start the continuation of the same run.
    const left = Object.keys(shape).filter((variable) => !(variable in env))
    const forDrills = ['TRACE_FILE', 'FAULT_POINT']
    const wanted = left.filter((variable) => !forDrills.includes(variable))
    expect(wanted).toEqual(name === 'producer' ? ['RUN_ID'] : [])
  })

  test('works with the defaults of the service', () => {
    const own = Object.fromEntries(OWN_TO_DOCKER.map((variable) => [variable, null]))
    expect({ ...readConfig(env), ...own }).toEqual({ ...readConfig({}), ...own })
  })

  test('can do nothing that it need not', () => {
    expect(service(name)).toMatchObject({
      read_only: true,
      init: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      build: { args: { SERVICE: name } },
    })
    expect(service(name)).not.toHaveProperty('container_name')
    expect(service(name)).not.toHaveProperty('ports')
  })

  test('is watched by the file that it keeps fresh, on its tmpfs', () => {
    expect(env['HEALTH_FILE']).toMatch(/^\/tmp\//)
    expect(service(name).healthcheck?.test[1]).toContain(`find ${env['HEALTH_FILE']} -mmin -1`)
  })

  test('gets more time to stop than it may take', () => {
    const graceMs = seconds(service(name).stop_grace_period) * 1_000
    const isAllowed = (ms: number): boolean =>
      serviceSettings.SHUTDOWN_TIMEOUT_MS.safeParse(`${ms}`).success
    expect(isAllowed(9_000)).toBe(true)
    expect(isAllowed(graceMs - 5_000)).toBe(false)
  })
})

describe('.example_env', () => {
  test('names what can be set for docker-compose.yml, with the same defaults', () => {
    const example = parseEnv(readText('.example_env')) as Record<string, string>
    const named = Object.entries(example).filter(([name]) => !name.startsWith('CLUSTER_'))
    expect(Object.fromEntries(named)).toEqual(variables)
  })

  test('gives the ports of the cluster without Docker to Docker as well', () => {
    expect(variables).toMatchObject({
      PORT_REGISTRY: `${cluster.registryPort}`,
      PORT_REDIS: `${cluster.redisPort}`,
    })
  })
})

describe.each(Object.keys(services))('%s', (name) => {
  const { ports = [], mem_limit, logging, healthcheck } = service(name)

  test('listens on this machine only, on a port that can be changed', () => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    const moved = readComposeFile(
      Object.fromEntries(Object.keys(variables).map((variable) => [variable, '1'])),
    )
    for (const port of moved.services[name]?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:1:/)
  })

  test('has bounds for memory and log, and tells how it is', () => {
    expect(megabytes(mem_limit)).toBeGreaterThan(0)
    expect(logging?.options).toEqual({ 'max-size': '10m', 'max-file': '3' })
    expect(healthcheck === undefined).toBe(name === 'kafka-init')
  })
})

test('all of it fits on a laptop with 8 GB, and the README says what it may take', () => {
  const limits = Object.entries(services).filter(([name]) => name !== 'kafka-init')
  const sum = limits.reduce((total, [, { mem_limit }]) => total + megabytes(mem_limit), 0)
  expect(sum).toBeLessThanOrEqual(5_632)
  expect(readText('README.md').includes(`${sum} MB`), `${sum} MB`).toBe(true)
})

test('kafka-ui shows orders by their schema and what is no order as text', () => {
  expect(environment('kafka-ui')).toMatchObject({
    KAFKA_CLUSTERS_0_NAME: 'kraft',
    KAFKA_CLUSTERS_0_DEFAULTVALUESERDE: 'SchemaRegistry',
    KAFKA_CLUSTERS_0_SERDE_0_NAME: 'String',
    KAFKA_CLUSTERS_0_SERDE_0_TOPICVALUESPATTERN: environment('consumer-auto')['KAFKA_DLQ_TOPIC'],
  })
})
