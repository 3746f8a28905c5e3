import { until } from '@orders/drills/until'
import { watchArrivals, type Arrivals } from './arrivals.ts'
import { checkKept, modeOf, orderKeysOf, startConsumer } from './consume-run.ts'
import { emptyRedis } from './empty-redis.ts'
import type { Lab } from './lab.ts'
import { latencyOf, windowOf } from './latency.ts'
import { startProducer, type RunPlan } from './produce-run.ts'
import type { Measure } from './result.ts'
import { LATENCY_RATE } from './tasks.ts'
import { askKafka, countCommits, forgetTopic, makeTopic } from './topics.ts'
import { usageBetween } from './usage.ts'
import { sampleDuring, type Usage } from './usage-sampler.ts'

const JOIN_LIMIT_MS = 60_000
const JOIN_POLL_MS = 300
/** Beside the time that the orders take to be made. */
const SPARE_LIMIT_MS = 60_000
/** Seldom: while the bench looks at processes, it does not see what arrives. */
const LOOK_EVERY_MS = 500
const MS_PER_SECOND = 1_000

/** Lets orders flow at a steady pace, and lets Redis tell when each of them arrives. */
export async function measureLatency(lab: Lab, plan: RunPlan): Promise<Measure> {
  const topic = `bench-${plan.label}`
  await makeTopic(lab, topic)
  await emptyRedis(lab)
  const arrivals = await watchArrivals(lab.redis, orderKeysOf(plan.row, topic))
  try {
    return await flow(lab, plan, topic, arrivals)
  } finally {
    await arrivals.close()
    await forgetTopic(lab, topic)
  }
}

async function flow(lab: Lab, plan: RunPlan, topic: string, arrivals: Arrivals): Promise<Measure> {
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
  const flowing = (): Promise<void> =>
    until(wait, () => arrivals.count() >= orders || consumer.hasEnded())
  const usage = await sampleDuring(lab.settings, clients, flowing, LOOK_EVERY_MS)
  const { said } = await consumer.finish()
  await until({ ...wait, what: 'the producer is done' }, () => producer.isDone())
  await producer.finish()
  await checkKept(lab, { row, mode, topic, orders, groupId: label, before })
  return { orders, memoryMb: usage.memoryMb, said, ...(await judge(arrivals, usage, orders)) }
}

async function judge(
  arrivals: Arrivals,
  { samples }: Usage,
  orders: number,
): Promise<Pick<Measure, 'window' | 'seconds' | 'cpu' | 'latency'>> {
  const passages = await arrivals.passages()
  const [latency, window] = [latencyOf(passages), windowOf(passages)]
  if (passages.length !== orders || latency === null || window === null) {
    throw new Error(`${passages.length} of ${orders} writes were seen`)
  }
  const seconds = (window.toMs - window.fromMs) / MS_PER_SECOND
  return { window, seconds, cpu: usageBetween(samples, window), latency }
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
