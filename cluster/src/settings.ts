import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClusterError } from './cluster-error.ts'

/** Where the cluster listens, lives, and finds its programs. */
export interface ClusterSettings {
  /** Ports of the three brokers for clients. */
  kafkaPorts: number[]
  /** Ports of the three brokers among themselves, for the metadata quorum. */
  controllerPorts: number[]
  /** A second listener for clients that go through something of their own; null is the default. */
  proxied: ProxiedPorts | null
  registryPort: number
  redisPort: number
  /** Data, logs, pid files. */
  directory: string
  /** Programs that were fetched; clusters in several folders may share it. */
  artifactsDirectory: string
  brokerHeapMb: number
  javaHome: string | null
  /** Where `java`, `mvn` and `redis-server` are looked for. */
  searchPath: string
  /** All that the parts see of the environment: a stray `QUARKUS_HTTP_PORT` must not reach them. */
  partEnvironment: Record<string, string>
}

/** Where the brokers listen a second time, and what they tell whoever connects there. */
export interface ProxiedPorts {
  ports: number[]
  /** Whatever listens here has to forward to `ports`, broker by broker. */
  advertisedPorts: number[]
}

type Environment = Record<string, string | undefined>

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const BROKERS = 3
const BROKER_HEAP_MB_MIN = 192
const BROKER_HEAP_MB_MAX = 16_384

/** Reads the settings from the environment; the first wrong one is thrown as one clear line. */
export function readClusterSettings(env: Environment): ClusterSettings {
  const directory = readFolder(env, 'CLUSTER_DIRECTORY', join(REPOSITORY, '.cluster'))
  const artifacts = join(REPOSITORY, '.cluster', 'artifacts')
  const settings = {
    kafkaPorts: readPorts(env, 'CLUSTER_KAFKA_PORTS', '29092,39092,49092', BROKERS),
    controllerPorts: readPorts(env, 'CLUSTER_CONTROLLER_PORTS', '29093,39093,49093', BROKERS),
    proxied: readProxied(env),
    registryPort: readPort(env, 'CLUSTER_REGISTRY_PORT', '8081'),
    redisPort: readPort(env, 'CLUSTER_REDIS_PORT', '6379'),
    directory,
    artifactsDirectory: readFolder(env, 'CLUSTER_ARTIFACTS', artifacts),
    brokerHeapMb: readHeapMb(env, 'CLUSTER_BROKER_HEAP_MB', '384'),
    javaHome: env['JAVA_HOME'] || null,
    searchPath: env['PATH'] ?? '',
    partEnvironment: pick(env, ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'LC_CTYPE']),
  }
  refuseSharedPorts(settings)
  return settings
}

/** The address of each broker, as clients are to be given it. */
export function kafkaAddresses(settings: ClusterSettings): string[] {
  return settings.kafkaPorts.map((port) => `localhost:${port}`)
}

/** The address of the registry's Confluent-compatible API. */
export function registryUrl(settings: ClusterSettings): string {
  return `http://localhost:${settings.registryPort}/apis/ccompat/v7`
}

/** The address of Redis. */
export function redisUrl(settings: ClusterSettings): string {
  return `redis://localhost:${settings.redisPort}`
}

function readPorts(env: Environment, name: string, fallback: string, count: number): number[] {
  const text = env[name] || fallback
  const ports = text.split(',').map((part) => parsePort(part))
  const valid = ports.filter((port) => port !== null)
  if (valid.length === count && ports.length === count) return valid
  const wanted = count === 1 ? 'a port' : `${count} ports`
  throw new ClusterError(`${name}="${text}": give ${wanted}, such as ${fallback}`)
}

function readProxied(env: Environment): ProxiedPorts | null {
  const names = ['CLUSTER_PROXIED_PORTS', 'CLUSTER_PROXY_PORTS'] as const
  const missing = names.filter((name) => !env[name])
  if (missing.length === names.length) return null
  if (missing[0]) throw new ClusterError(`${missing[0]} is missing: ${names.join(' needs ')}`)
  const [ports = [], advertisedPorts = []] = names.map((name) =>
    readPorts(env, name, '29094,39094,49094', BROKERS),
  )
  return { ports, advertisedPorts }
}

function readPort(env: Environment, name: string, fallback: string): number {
  const [port = 0] = readPorts(env, name, fallback, 1)
  return port
}

function parsePort(text: string): number | null {
  const port = /^\s*\d+\s*$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}

function readHeapMb(env: Environment, name: string, fallback: string): number {
  const text = env[name] || fallback
  const heapMb = /^\d+$/.test(text) ? Number(text) : 0
  if (heapMb >= BROKER_HEAP_MB_MIN && heapMb <= BROKER_HEAP_MB_MAX) return heapMb
  const range = `${BROKER_HEAP_MB_MIN} to ${BROKER_HEAP_MB_MAX}`
  throw new ClusterError(`${name}="${text}": give a whole number of megabytes, ${range}`)
}

function readFolder(env: Environment, name: string, fallback: string): string {
  const folder = resolve(env[name] || fallback)
  // Java splits a class path at a colon, Kafka a list of folders at a comma, Redis ends at a quote.
  const bad = /[:,"\\*\n]/.exec(folder)
  if (!bad) return folder
  throw new ClusterError(`${name}: the path ${folder} holds "${bad[0]}"; set ${name} to another`)
}

function pick(env: Environment, names: string[]): Record<string, string> {
  const pairs = names.map((name) => [name, env[name] ?? ''] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''))
}

function refuseSharedPorts(settings: ClusterSettings): void {
  const { kafkaPorts, controllerPorts, proxied, registryPort, redisPort } = settings
  const { ports: proxiedPorts, advertisedPorts } = proxied ?? { ports: [], advertisedPorts: [] }
  const brokers = [kafkaPorts, controllerPorts, proxiedPorts, advertisedPorts].flat()
  const ports = [...brokers, registryPort, redisPort]
  const twice = ports.find((port, index) => ports.indexOf(port) !== index)
  if (twice === undefined) return
  throw new ClusterError(`port ${twice} is given twice among the CLUSTER_*_PORT settings`)
}

/** Every variable that `readClusterSettings` reads for itself, without the proxied listener. */
export const CLUSTER_VARIABLES = [
  'CLUSTER_ARTIFACTS',
  'CLUSTER_BROKER_HEAP_MB',
  'CLUSTER_CONTROLLER_PORTS',
  'CLUSTER_DIRECTORY',
  'CLUSTER_KAFKA_PORTS',
  'CLUSTER_REDIS_PORT',
  'CLUSTER_REGISTRY_PORT',
] as const
