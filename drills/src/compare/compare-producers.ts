import { kafkaAddresses } from '@orders/cluster/settings'
import { createKafka } from '@orders/platform/kafka/client'
import { ordersTopic } from '@orders/platform/kafka/topics'
import { pause } from '@orders/platform/patience'
import { createRandom } from '../random.ts'
import { until } from '../until.ts'
import { countProducer } from './counting.ts'
import type { Lab } from './lab.ts'
import { writeOrderFile } from './order-file.ts'
import { PRODUCER_FAULTS, type ProducerFault } from './producer-faults.ts'
import type { ProducerWay } from './producer-ways.ts'
import type { Program } from './program.ts'
import { readLog } from './read-log.ts'
import type { Row } from './row.ts'

/** More than can be sent in a round. */
const ORDERS = 24_000
const PARTITIONS = 5
const ACKNOWLEDGED_BEFORE = 300
const ACKNOWLEDGED_AFTER = 300
const WARM_UP_LIMIT_MS = 90_000
/** An answer that was on its way when the leader died is no sign of recovery. */
const LAST_ANSWERS_MS = 500
const RECOVER_LIMIT_MS = 90_000

/** One producer at work in a round. */
interface Runner {
  way: ProducerWay
  topic: string
  program: Program
}

/** Does each fault once to all producers of its round, and counts what became of their orders. */
export async function compareProducers(lab: Lab): Promise<Row[]> {
  const rows: Row[] = []
  const orderFile = writeOrderFile(lab, 'compare-producers', ORDERS)
  for (const [turn, fault] of PRODUCER_FAULTS.entries()) {
    rows.push(...(await runRound(lab, fault, turn, orderFile)))
  }
  return rows
}

async function runRound(
  lab: Lab,
  fault: ProducerFault,
  turn: number,
  orderFile: string,
): Promise<Row[]> {
  const leader = createRandom(lab.seed, 'compare producers', turn).pick(lab.brokers.ids)
  const topics = fault.ways.map((_, index) => `compare-producers-${turn + 1}-${index + 1}`)
  for (const [index, way] of fault.ways.entries()) {
    await createLedTopic(lab, topics[index] ?? '', leader, way)
  }
  const runners = fault.ways.map((way, index): Runner => {
    const topic = topics[index] ?? ''
    return { way, topic, program: way.start(lab, topic, orderFile) }
  })
  await Promise.all(runners.map((runner) => untilMore(lab, runner, 0, ACKNOWLEDGED_BEFORE)))
  lab.say(`producers: ${fault.name}: kill -9 of broker ${leader}, which leads all of it`)
  const diedAtMs = await fault.inject(lab, leader, topics)
  await pause(LAST_ANSWERS_MS, lab.signal)
  const [recoveries] = await Promise.all([
    Promise.all(runners.map((runner) => recover(lab, runner, diedAtMs))),
    mend(lab, leader, runners),
  ])
  await Promise.all(runners.map((runner) => goOnAndStop(lab, runner)))
  const rows: Row[] = []
  for (const [index, runner] of runners.entries()) {
    rows.push(await countRunner(lab, runner, fault.name, recoveries[index] ?? 0))
  }
  return rows
}

/** A topic whose partitions are all led by one broker, so that its death concerns every order. */
async function createLedTopic(
  { settings, brokers, signal }: Lab,
  topic: string,
  leader: number,
  { replicas }: ProducerWay,
): Promise<void> {
  const ids = [leader, ...brokers.ids.filter((id) => id !== leader)].slice(0, replicas)
  const replicaAssignment = Array.from({ length: PARTITIONS }, (_, partition) => {
    return { partition, replicas: ids }
  })
  const config = { ...ordersTopic(topic).config }
  if (replicas === 1) config['min.insync.replicas'] = '1'
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  const admin = createKafka({ clientId: 'compare', brokers: kafkaAddresses(settings) }).admin()
  try {
    await admin.connect()
    const shape = { topic, replicaAssignment, configEntries }
    await admin.createTopics({ topics: [shape], waitForLeaders: false })
  } finally {
    await admin.disconnect()
  }
  // The client's own wait fails when it asks a broker that has not heard of the topic yet.
  const wait = { what: `broker ${leader} leads ${topic}`, limitMs: WARM_UP_LIMIT_MS, signal }
  await until(wait, async () => {
    const states = await brokers.describeTopic(topic)
    return states.length === PARTITIONS && states.every((state) => state.leader === leader)
  })
}

/** The dead broker comes back only when the others have taken over: it must not lead again by itself. */
async function mend(lab: Lab, dead: number, runners: Runner[]): Promise<void> {
  const { brokers, signal } = lab
  const replicated = runners.filter(({ way }) => way.replicas > 1)
  const wait = { what: 'the other brokers lead', limitMs: RECOVER_LIMIT_MS, signal, everyMs: 400 }
  await until(wait, async () => {
    const states = await Promise.all(replicated.map(({ topic }) => brokers.describeTopic(topic)))
    return states.flat().every(({ leader }) => leader > 0 && leader !== dead)
  })
  await brokers.repair()
  lab.say(`producers: broker ${dead} is back, every replica in sync`)
}

async function recover(lab: Lab, runner: Runner, diedAtMs: number): Promise<number> {
  const { way, topic } = runner
  await untilMore(lab, runner, way.progress(lab, topic), 1)
  const recoverMs = Date.now() - diedAtMs
  lab.say(`producers: ${way.name} is acknowledged again after ${(recoverMs / 1_000).toFixed(1)} s`)
  return recoverMs
}

async function untilMore(lab: Lab, runner: Runner, before: number, count: number): Promise<void> {
  const { way, topic, program } = runner
  const { signal } = lab
  const limitMs = before === 0 ? WARM_UP_LIMIT_MS : RECOVER_LIMIT_MS
  const wait = { what: `${way.name} gets ${count} more acknowledged`, limitMs, signal }
  await until(wait, () => way.progress(lab, topic) >= before + count || program.hasEnded)
  if (!program.hasEnded) return
  throw new Error(`${way.name} has ended:\n${program.lastLines}`)
}

async function goOnAndStop(lab: Lab, runner: Runner): Promise<void> {
  const { way, topic, program } = runner
  await untilMore(lab, runner, way.progress(lab, topic), ACKNOWLEDGED_AFTER)
  await program.stop()
}

async function countRunner(
  lab: Lab,
  { way, topic }: Runner,
  fault: string,
  recoverMs: number,
): Promise<Row> {
  const acknowledged = await way.acknowledged(lab, topic)
  const counts = countProducer({ acknowledged, onLog: await readLog(lab, topic) })
  const { name, isSafe, teaches } = way
  const row = { kind: 'producers' as const, way: name, isSafe, fault, ...counts }
  return { ...row, secondEffects: null, recoverMs, teaches }
}
