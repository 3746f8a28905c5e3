import { configShape as autoShape } from '@orders/consumer-auto/config'
import { configShape as batchShape } from '@orders/consumer-batch/config'
import { configShape as producerShape } from '@orders/producer/config'
import type { TaskName } from './tasks.ts'

/** The services of this project that are measured, by the name of their folder. */
export type ServiceName = 'producer' | 'consumer-auto' | 'consumer-batch'

/** Other clients for Kafka that do the same work. */
export type ClientName = 'kafkajs' | 'platformatic' | 'confluent'

/** All that stands beside our rows: other clients, and tools that show what the machine allows. */
export type PeerName = ClientName | 'perf-test' | 'redis-benchmark' | 'commits'

/** How a client consumes; a task of that name says what it means. */
export type ConsumeMode = Exclude<TaskName, 'produce' | 'latency'>

/** What is started for a row. */
type RowProgram =
  | { kind: 'service'; service: ServiceName; env: Record<string, string> }
  | { kind: 'client'; client: ClientName; mode: ConsumeMode | 'produce' }
  | { kind: 'perf-test' }
  | { kind: 'redis-benchmark'; pipeline: number; connections: number }
  | { kind: 'commits'; mode: ConsumeMode }

/** One line of a table. */
export interface Row {
  task: TaskName
  /** Names it within its task. */
  name: string
  /** Ours are compared with every other row of the task that has the same word here. */
  comparedAs: string
  /** One of our own with other settings than the one that stands in the table of the others. */
  isVariant: boolean
  /** Who else can leave it out with `--peers`; null for our own. */
  peer: PeerName | null
  program: RowProgram
  /** Settings of our producer, where it is another one that is measured. */
  producerEnv?: Record<string, string>
  /** What it keeps, in a few words; without this a rate says nothing. */
  promises: string
}

/** The names that `--peers` takes. */
export const PEERS: readonly PeerName[] = [
  'kafkajs',
  'platformatic',
  'confluent',
  'perf-test',
  'redis-benchmark',
  'commits',
]

const PARTITION_WORKERS = { WORKERS: 'partition' }
const NOT_SYNCED = { LEDGER_SYNC: 'system' }
const GZIP = { COMPRESSION: 'gzip' }
const BACKGROUND_COMMITS = { WORKERS: 'partition', COMMIT_MODE: 'background' }
const FIFTY_A_WRITE = { ...BACKGROUND_COMMITS, WRITE_SIZE: '50' }

const KEPT =
  'each order is checked, one atomic write with dedupe and next offset, dead letters, commit after it'

const MEANWHILE = 'the next ten are written while a commit is out, committed after its answer'

/** Our own: with which settings the product does a task. */
const OURS: readonly Row[] = [
  ours('produce', 'producer', 'producer', {}, [
    'each order in its ledger on disk before it is sent, one send a partition, every answer checked',
  ]),
  {
    ...ours('produce', 'producer', 'producer', NOT_SYNCED, [
      'the same, but its ledger is left to the operating system: safe from a kill, not from a power failure',
    ]),
    name: 'producer, not synced',
    isVariant: true,
  },
  {
    ...ours('produce', 'producer', 'producer', GZIP, [
      'as the first row, its sends compressed by gzip; the topic keeps them uncompressed, so brokers unpack them',
    ]),
    name: 'producer, gzip',
    isVariant: true,
  },
  ours('batch-one', 'consumer-batch', 'consumer-batch', {}, [KEPT, MEANWHILE]),
  ours('batch-partition', 'consumer-batch', 'consumer-batch', PARTITION_WORKERS, [KEPT, MEANWHILE]),
  ours('auto-one', 'consumer-auto', 'consumer-auto', {}, [KEPT]),
  ours('auto-partition', 'consumer-auto', 'consumer-auto', PARTITION_WORKERS, [KEPT]),
  ours('auto-background', 'consumer-auto', 'consumer-auto', BACKGROUND_COMMITS, [KEPT]),
  {
    ...ours('auto-background', 'consumer-auto', 'consumer-auto', FIFTY_A_WRITE, [
      'the same, but up to fifty orders of a partition in one atomic write, in their order',
    ]),
    name: 'consumer-auto, fifty a write',
    isVariant: true,
  },
  ...latencyRows('consumer-auto'),
  ...latencyRows('consumer-batch'),
]

const SENDING: Record<ClientName, string> = {
  kafkajs: 'kafkajs as it is usually written: sends of 1000 with keys, five at once',
  platformatic: '@platformatic/kafka: sends of 1000 with keys, one at a time (it allows no more)',
  confluent: '@confluentinc/kafka-javascript: a call an order, linger 5 ms, an answer for each',
}
const PLAIN_WRITE = 'plain SET of JSON, commit after the write, no dedupe, no dead letters'
const READING: Record<ClientName, string> = {
  kafkajs: `kafkajs as it is usually written (eachMessage, eachBatch for ten): ${PLAIN_WRITE}`,
  platformatic: `@platformatic/kafka, its stream and commits by hand: ${PLAIN_WRITE}`,
  confluent: `@confluentinc/kafka-javascript, each commit waited for: ${PLAIN_WRITE}`,
}
const CLIENTS: readonly ClientName[] = ['kafkajs', 'platformatic', 'confluent']
const MODES: readonly ConsumeMode[] = [
  'batch-one',
  'batch-partition',
  'auto-one',
  'auto-partition',
  'auto-background',
]

/** How many orders a write holds and how many are under way, for what Redis alone allows. */
const REDIS_LOADS: Record<ConsumeMode, { pipeline: number; connections: number }> = {
  'batch-one': { pipeline: 10, connections: 1 },
  'batch-partition': { pipeline: 10, connections: 5 },
  'auto-one': { pipeline: 1, connections: 1 },
  'auto-partition': { pipeline: 1, connections: 5 },
  'auto-background': { pipeline: 1, connections: 5 },
}

/** Every row there is. */
export const ROWS: readonly Row[] = [
  ...OURS,
  ...CLIENTS.map((client) => clientRow('produce', client, 'produce', SENDING[client])),
  {
    task: 'produce',
    name: 'perf-test',
    comparedAs: 'produce',
    isVariant: false,
    peer: 'perf-test',
    program: { kind: 'perf-test' },
    promises: "Kafka's own producer-perf-test in Java: random bytes of the same length, no keys",
  },
  ...MODES.flatMap((mode) => [
    ...CLIENTS.map((client) => clientRow(mode, client, mode, READING[client])),
    redisRow(mode),
    // In the background there are so few that they are no limit.
    ...(mode === 'auto-background' ? [] : [commitsRow(mode)]),
  ]),
  ...CLIENTS.flatMap((client) => [
    latencyRow(client, 'auto', 'auto-partition'),
    latencyRow(client, 'batch', 'batch-partition'),
  ]),
]

const SHAPES: Record<ServiceName, object> = {
  producer: producerShape,
  'consumer-auto': autoShape,
  'consumer-batch': batchShape,
}

/** Names the settings that a row needs and its service does not have yet. */
export function missingSettings({ program }: Row, shapes = SHAPES): string[] {
  if (program.kind !== 'service') return []
  return Object.keys(program.env).filter((name) => !Object.hasOwn(shapes[program.service], name))
}

function ours(
  task: TaskName,
  name: string,
  service: ServiceName,
  env: Record<string, string>,
  promises: string[],
  comparedAs: string = task,
): Row {
  const program = { kind: 'service' as const, service, env }
  const own = { task, name, comparedAs, isVariant: false, peer: null }
  return { ...own, program, promises: promises.join(', ') }
}

/** One of our consumers with the producer as it is, and with one whose ledger is not synced. */
function latencyRows(name: 'consumer-auto' | 'consumer-batch'): Row[] {
  const kind = name === 'consumer-auto' ? 'auto' : 'batch'
  const commits = kind === 'auto' ? 'commit of each' : 'commit of each ten'
  const row = ours('latency', name, name, PARTITION_WORKERS, [KEPT, commits], kind)
  const promises = `${row.promises}; the ledger of the producer is not synced`
  const other = { name: `${name}, not synced`, isVariant: true, promises }
  return [row, { ...row, ...other, producerEnv: NOT_SYNCED }]
}

function clientRow(
  task: TaskName,
  client: ClientName,
  mode: ConsumeMode | 'produce',
  promises: string,
): Row {
  const program = { kind: 'client' as const, client, mode }
  const row = { task, name: client, comparedAs: task, isVariant: false, peer: client }
  return { ...row, program, promises }
}

function latencyRow(client: ClientName, comparedAs: 'auto' | 'batch', mode: ConsumeMode): Row {
  const row = clientRow('latency', client, mode, `as in ${mode}; its own producer without linger`)
  return { ...row, name: `${client} ${comparedAs}`, comparedAs }
}

function redisRow(task: ConsumeMode): Row {
  const load = REDIS_LOADS[task]
  return {
    task,
    name: 'redis-benchmark',
    comparedAs: task,
    isVariant: false,
    peer: 'redis-benchmark',
    program: { kind: 'redis-benchmark', ...load },
    promises: `no Kafka: SET alone, ${load.pipeline} a write, connections: ${load.connections}`,
  }
}

function commitsRow(task: ConsumeMode): Row {
  return {
    task,
    name: 'commits',
    comparedAs: task,
    isVariant: false,
    peer: 'commits',
    program: { kind: 'commits', mode: task },
    promises:
      'no order read, nothing in Redis: the commits of this task alone, by kafkajs, each waited for' +
      (task.endsWith('partition') ? ', all partitions in each request' : ''),
  }
}
