import { expect, test } from 'vitest'
import { kafkaAddresses, readClusterSettings, redisUrl, registryUrl } from './settings.ts'

test('the defaults are the addresses that everything else expects', () => {
  const settings = readClusterSettings({})
  expect(kafkaAddresses(settings)).toEqual([
    'localhost:29092',
    'localhost:39092',
    'localhost:49092',
  ])
  expect(registryUrl(settings)).toBe('http://localhost:8081/apis/ccompat/v7')
  expect(redisUrl(settings)).toBe('redis://localhost:6379')
})

test('a proxied listener is off unless both of its lists are given', () => {
  expect(readClusterSettings({}).proxied).toBeNull()
  const both = { CLUSTER_PROXIED_PORTS: '1,2,3', CLUSTER_PROXY_PORTS: '4,5,6' }
  const proxied = { ports: [1, 2, 3], advertisedPorts: [4, 5, 6] }
  expect(readClusterSettings(both).proxied).toEqual(proxied)
  expect(() => readClusterSettings({ ...both, CLUSTER_PROXY_PORTS: '' })).toThrow(
    /^CLUSTER_PROXY_PORTS is missing/,
  )
  expect(() => readClusterSettings({ ...both, CLUSTER_PROXY_PORTS: '4,5,3' })).toThrow(
    'port 3 is given twice',
  )
})

test('a cluster in another folder shares the fetched programs of the first', () => {
  const { artifactsDirectory } = readClusterSettings({})
  const other = readClusterSettings({ CLUSTER_DIRECTORY: '/tmp/other' })
  expect(other.directory).toBe('/tmp/other')
  expect(other.artifactsDirectory).toBe(artifactsDirectory)
})

test('a stray variable of the shell does not reach the parts', () => {
  const { partEnvironment } = readClusterSettings({ PATH: '/bin', QUARKUS_HTTP_PORT: '1' })
  expect(partEnvironment).toEqual({ PATH: '/bin' })
})

test.each([
  ['CLUSTER_KAFKA_PORTS', '1,2'],
  ['CLUSTER_KAFKA_PORTS', '1,2,x'],
  ['CLUSTER_CONTROLLER_PORTS', '1,2,3,4'],
  ['CLUSTER_REGISTRY_PORT', '65536'],
  ['CLUSTER_REDIS_PORT', '0'],
  ['CLUSTER_BROKER_HEAP_MB', 'much'],
  ['CLUSTER_DIRECTORY', '/tmp/a:b'],
])('%s=%s is refused in one line that names it', (name, value) => {
  expect(() => readClusterSettings({ [name]: value })).toThrow(new RegExp(`^${name}.*$`))
})

test('one port given to two parts is refused', () => {
  expect(() => readClusterSettings({ CLUSTER_REDIS_PORT: '8081' })).toThrow(
    'port 8081 is given twice',
  )
})
