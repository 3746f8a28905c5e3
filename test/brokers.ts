import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { toolCommand } from '@orders/cluster/kafka-tools'
import { readPartProcess } from '@orders/cluster/pid-file'
import { silentReport } from '@orders/cluster/report'
import { startCluster } from '@orders/cluster/start-cluster'
import { logFile } from '@orders/cluster/state-folder'
import { createKafka } from '@orders/platform/kafka/client'
import type { ConsumerName } from '@orders/platform/order-store'
import { onTestFinished } from 'vitest'
import { readEnds } from './evidence.ts'
import type { Bench } from './bench.ts'
import { until } from './until.ts'

const MEND_LIMIT_MS = 120_000
const BROKER_IDS = [1, 2, 3]
const LINES_SHOWN = 60
const LINE_SHOWN = 300
const TELLING = /\] (WARN|ERROR|FATAL) |GroupCoordinator|__consumer_offsets/
/** What everybody says once a second of a broker that is dead. */
const UNREACHABLE = /could not be established|Error in response for fetch request/

interface PartitionState {
  topic: string
  partition: number
  leader: number
  replicas: number[]
  inSync: number[]
}

/** Kills a broker at once, by its id, and waits until it is gone. */
export async function killBroker({ settings }: Bench, id: number): Promise<void> {
  const name = `kafka-${id}`
  const found = readPartProcess(settings, name)
  if (found.state !== 'running') throw new Error(`${name} does not run`)
  process.kill(found.pid, 'SIGKILL')
  await until(`${name} is gone`, () => readPartProcess(settings, name).state !== 'running')
}

/** Starts what does not run and waits until every partition of every topic is whole again. */
export async function mendCluster(bench: Bench): Promise<void> {
  await startCluster(bench.settings, silentReport)
  await until(
    'every partition has all its replicas',
    async () => {
      const states = await readPartitions(bench)
      return states.every(({ inSync, replicas }) => inSync.length === replicas.length)
    },
    MEND_LIMIT_MS,
  )
}

/** Leaves the cluster whole, whatever becomes of the test; when it failed, tells how it was. */
export function mendAfterTest(bench: Bench): void {
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await tellState(bench).catch(() => undefined)
    await mendCluster(bench)
  }, MEND_LIMIT_MS)
}

/** What brokers say of groups and of trouble, and what is not whole: the cluster is gone later. */
async function tellState(bench: Bench): Promise<void> {
  for (const id of BROKER_IDS) {
    const lines = readFileSync(logFile(bench.settings, `kafka-${id}`), 'utf8').split('\n')
    const told = lines.filter((line) => TELLING.test(line) && !UNREACHABLE.test(line))
    const shown = told.slice(-LINES_SHOWN).map((line) => line.slice(0, LINE_SHOWN))
    process.stderr.write(`kafka-${id}:\n${shown.join('\n')}\n\n`)
  }
  const states = await readPartitions(bench)
  for (const state of states.filter(({ inSync, replicas }) => inSync.length < replicas.length)) {
    process.stderr.write(`${JSON.stringify(state)}\n`)
  }
}

/** Stops parts without ending them, until the returned function or the end of the test. */
export function freezeParts({ settings }: Bench, names: string[]): () => void {
  const pids = names.map((name) => {
    const found = readPartProcess(settings, name)
    if (found.state !== 'running') throw new Error(`${name} does not run`)
    return found.pid
  })
  const signal = (what: NodeJS.Signals): void => pids.forEach((pid) => process.kill(pid, what))
  const thaw = (): void => signal('SIGCONT')
  onTestFinished(thaw)
  signal('SIGSTOP')
  return thaw
}

/** Waits until no partition of the orders is led by this broker, and each is led by somebody. */
export async function untilLedByOthers(bench: Bench, id: number): Promise<void> {
  await until(`broker ${id} leads nothing any more`, async () => {
    const states = await readPartitions(bench, bench.topic)
    return states.every(({ leader }) => leader > 0 && leader !== id)
  })
}

/** Who leads the partition that holds the most orders. */
export async function findBusiestLeader(bench: Bench): Promise<number> {
  const ends = [...(await readEnds(bench))].sort(([, a], [, b]) => Number(b - a))
  const states = await readPartitions(bench, bench.topic)
  return known(states.find(({ partition }) => partition === ends[0]?.[0])?.leader)
}

/** Who coordinates a group, as the brokers themselves say. */
export async function findCoordinator(bench: Bench, name: ConsumerName): Promise<number> {
  const args = ['--describe', '--state', '--group', bench.groupOf(name)]
  const output = await runKafkaTool(bench, 'consumer-groups', args)
  return known(Number(/\((\d+)\)/.exec(output)?.[1]))
}

/** Who is the active controller, as the quorum itself says. */
export async function findController(bench: Bench): Promise<number> {
  const output = await runKafkaTool(bench, 'metadata-quorum', ['describe', '--status'])
  return known(Number(/LeaderId:\s+(\d+)/.exec(output)?.[1]))
}

function known(id: number | undefined): number {
  if (id === undefined || !(id > 0)) throw new Error('no broker was named')
  return id
}

async function runKafkaTool({ settings }: Bench, name: string, args: string[]): Promise<string> {
  const tool = toolCommand(settings, name, args)
  const { stdout } = await promisify(execFile)(tool.command, tool.args, { env: tool.env })
  return stdout
}

async function readPartitions(bench: Bench, topic?: string): Promise<PartitionState[]> {
  const admin = createKafka({ clientId: 'test', brokers: bench.brokers, retries: 2 }).admin()
  try {
    await admin.connect()
    const { topics } = await (topic === undefined
      ? admin.fetchTopicMetadata()
      : admin.fetchTopicMetadata({ topics: [topic] }))
    return topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => {
        return { topic: name, partition: partitionId, leader, replicas, inSync: isr }
      }),
    )
  } finally {
    await admin.disconnect()
  }
}
