import { until } from '@orders/drills/until'
import type { RedisClient } from '@orders/platform/redis'
import { checkKept, modeOf, startConsumer } from './consume-run.ts'
import type { Lab } from './lab.ts'
import { latencyOf, readPassages, windowOf, type Passage } from './latency.ts'
import { startProducer, type RunPlan } from './produce-run.ts'
import type { Measure } from './result.ts'
import { LATENCY_RATE } from './tasks.ts'
import { askKafka, countCommits, forgetTopic, makeTopic } from './topics.ts'
import { usageBetween } from './usage.ts'
import { sampleDuring } from './usage-sampler.ts'

const JOIN_LIMIT_MS = 60_000
const JOIN_POLL_MS = 300
/** Beside the time that the orders take to be made. */
const SPARE_LIMIT_MS = 60_000
const MS_PER_SECOND = 1_000

/** Lets orders flow at a steady pace, and watches in Redis itself when each of them arrives. */
export async function measureLatency(lab: Lab, plan: RunPlan): Promise<Measure> {
  const topic = `bench-${plan.label}`
  await makeTopic(lab, topic)
  await lab.redis.flushall()
  const passages = new Map<string, Passage>()
  const monitor = await lab.redis.monitor()
  monitor.on('monitor', (seconds: string, args: string[]) => {
    for (const passage of readPassages(seconds, args)) {
      if (!passages.has(passage.key)) passages.set(passage.key, passage)
    }
  })
  try {
    return await flow(lab, plan, topic, passages)
  } finally {
    close(monitor)
    await forgetTopic(lab, topic)
  }
}

async function flow(
  lab: Lab,
  plan: RunPlan,
  topic: string,
  passages: ReadonlyMap<string, Passage>,
): Promise<Measure> {
  const { label, row, orders, made } = plan
  const mode = modeOf(row)
  const before = await countCommits(lab)
  const consumer = startConsumer(lab, row, mode, { label, groupId: label, topic, orders })
  await untilMember(lab, label, () => consumer.hasEnded())
  const { source } = made
  const sending = { label: `${label}-producer`, topic, orders, source, rate: LATENCY_RATE }
  const producer = startProducer(lab, plan, sending)
  const wait = {
    what: `${orders} orders are in Redis`,
    limitMs: (orders / LATENCY_RATE) * MS_PER_SECOND + SPARE_LIMIT_MS,
    signal: lab.signal,
  }
  const clients = [consumer.pid, producer.pid]
  const { samples, memoryMb } = await sampleDuring(lab.settings, clients, () =>
    until(wait, () => passages.size >= orders || consumer.hasEnded()),
  )
  const { said } = await consumer.finish()
  await until({ ...wait, what: 'the producer is done' }, () => producer.isDone())
  await producer.finish()
  await checkKept(lab, { row, mode, topic, orders, groupId: label, before })
  const seen = [...passages.values()]
  const [latency, window] = [latencyOf(seen), windowOf(seen)]
  if (seen.length !== orders || latency === null || window === null) {
    throw new Error(`${seen.length} of ${orders} writes were seen`)
  }
  const seconds = (window.toMs - window.fromMs) / MS_PER_SECOND
  return { orders, seconds, cpu: usageBetween(samples, window), memoryMb, latency, said }
}

/** Before it has its partitions, a consumer lets the first orders wait. */
async function untilMember(lab: Lab, groupId: string, hasEnded: () => boolean): Promise<void> {
  const wait = {
    what: `${groupId} is in its group`,
    limitMs: JOIN_LIMIT_MS,
    signal: lab.signal,
    everyMs: JOIN_POLL_MS,
  }
  await until(wait, async () => {
    if (hasEnded()) return true
    const { state, clientIds } = await askKafka(lab, (admin) => admin.describeMembers(groupId))
    return state === 'Stable' && clientIds.length > 0
  })
}

function close(monitor: RedisClient): void {
  monitor.removeAllListeners('monitor')
  monitor.disconnect()
}
