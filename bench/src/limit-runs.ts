import { dirname, join } from 'node:path'
import { toolCommand } from '@orders/cluster/kafka-tools'
import { readPartProcess } from '@orders/cluster/pid-file'
import { readCommandLine } from '@orders/cluster/process-table'
import { findProgram, isProgram } from '@orders/cluster/search-path'
import { runChild, type Child } from './child.ts'
import { startCommits } from './clients.ts'
import { checkCommits } from './consume-run.ts'
import { emptyRedis } from './empty-redis.ts'
import type { Lab } from './lab.ts'
import type { RunPlan } from './produce-run.ts'
import type { Measure } from './result.ts'
import { parsePerfTest, parseRedisBenchmark } from './tool-output.ts'
import type { ConsumeMode } from './rows.ts'
import { countCommits, countRecords, forgetTopic, makeTopic } from './topics.ts'
import { usageBetween } from './usage.ts'
import { sampleDuring } from './usage-sampler.ts'
import { watchClient } from './watch-client.ts'

const TOOL_LIMIT_MS = 10 * 60_000
const WITHOUT_LIMIT = '-1'
const PRODUCER_SETTINGS = ['acks=all', 'enable.idempotence=true', 'linger.ms=5', 'batch.size=65536']

/** Lets Kafka's own tool send records of the same length. */
export async function measurePerfTest(lab: Lab, plan: RunPlan): Promise<Measure> {
  const { label, orders, made } = plan
  const topic = `bench-${label}`
  await makeTopic(lab, topic)
  const args = ['--topic', topic, '--num-records', `${orders}`, '--throughput', WITHOUT_LIMIT]
  const size = ['--record-size', `${made.recordBytes}`]
  const settings = ['--producer-props', ...PRODUCER_SETTINGS]
  const words = [...args, ...size, ...settings]
  const launch = toolCommand(lab.settings, 'producer-perf-test', words)
  const tool = lab.startTool(label, launch.command, launch.args, launch.env)
  const measure = await watchTool(lab, tool, orders, parsePerfTest)
  const found = await countRecords(lab, topic)
  if (found !== orders) throw new Error(`${found} of ${orders} records are on the topic`)
  await forgetTopic(lab, topic)
  return measure
}

/** Lets Redis's own tool write strings as long as an order in JSON. */
export async function measureRedisBenchmark(
  lab: Lab,
  { label, orders, made }: RunPlan,
  { pipeline, connections }: { pipeline: number; connections: number },
): Promise<Measure> {
  const command = findRedisBenchmark(lab)
  if (command === null) throw new Error('redis-benchmark is gone')
  await emptyRedis(lab)
  const args = ['-p', `${lab.settings.redisPort}`, '-t', 'set', '--csv', '-n', `${orders}`]
  const load = ['-P', `${pipeline}`, '-c', `${connections}`, '-d', `${made.jsonBytes}`]
  const tool = lab.startTool(label, command, [...args, ...load], lab.settings.partEnvironment)
  return watchTool(lab, tool, orders, parseRedisBenchmark)
}

/** Lets a client make the commits of a task, of a topic that nobody reads. */
export async function measureCommits(
  lab: Lab,
  { label, orders }: RunPlan,
  mode: ConsumeMode,
  topic: string,
): Promise<Measure> {
  const before = await countCommits(lab)
  const client = startCommits(lab, mode, { label, groupId: label, topic, orders })
  const measure = await watchClient(lab, client, { what: `${label} has committed`, orders })
  await checkCommits(lab, { mode, topic, orders, groupId: label, before })
  return measure
}

/** Where `redis-benchmark` is: beside the Redis in use, or on PATH; null when it is nowhere. */
export function findRedisBenchmark({ settings }: Pick<Lab, 'settings'>): string | null {
  const found = readPartProcess(settings, 'redis')
  const line = found.state === 'running' ? readCommandLine(found.pid) : null
  const beside = join(dirname(line?.split(' ')[0] ?? ''), 'redis-benchmark')
  if (line !== null && isProgram(beside)) return beside
  return findProgram('redis-benchmark', settings.searchPath)
}

/** A tool says its rate itself; its CPU seconds are those of its whole life. */
async function watchTool(
  lab: Lab,
  tool: Child,
  orders: number,
  parse: (output: string) => number,
): Promise<Measure> {
  const fromMs = Date.now()
  const { samples, memoryMb } = await sampleDuring(lab.settings, [tool.pid], () =>
    runChild(tool, TOOL_LIMIT_MS, lab.signal),
  )
  const cpu = usageBetween(samples, { fromMs, toMs: Date.now() })
  const seconds = orders / parse(tool.output)
  return { window: null, orders, seconds, cpu, memoryMb, latency: null, said: null }
}
