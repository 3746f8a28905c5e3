import { readPartProcess } from '@orders/cluster/pid-file'
import type { ClusterSettings } from '@orders/cluster/settings'
import { silentReport } from '@orders/cluster/report'
import { startCluster } from '@orders/cluster/start-cluster'
import { createKafka } from '@orders/platform/kafka/client'
import type { ConsumerName } from '@orders/platform/order-store'
import { onTestFinished } from 'vitest'
import { readStored, type Bench } from './bench.ts'
import { until } from './until.ts'

const TOPIC = 2
const START_LIMIT_MS = 120_000

type Part = 'redis' | 'schema-registry'

/** Kills a part at once; the returned function starts it again, as the end of the test does. */
export async function killPart({ settings }: Bench, name: Part): Promise<() => Promise<void>> {
  const pid = pidOf(settings, name)
  const start = async (): Promise<void> => void (await startCluster(settings, silentReport))
  onTestFinished(start, START_LIMIT_MS)
  process.kill(pid, 'SIGKILL')
  await until(`${name} is gone`, () => readPartProcess(settings, name).state !== 'running')
  return start
}

/** Changes the settings of a topic; what is left out goes back to the default. */
export async function alterTopic(
  { brokers }: Bench,
  topic: string,
  config: Record<string, string>,
): Promise<void> {
  const admin = createKafka({ clientId: 'test', brokers }).admin()
  try {
    await admin.connect()
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC, name: topic, configEntries }],
    })
  } finally {
    await admin.disconnect()
  }
}

/**
 * Takes away what a consumer has written of the last orders of every partition, as a Redis does
 * that comes back with an older file.
 */
export async function loseLastWrites(
  bench: Bench,
  name: ConsumerName,
  perPartition: number,
): Promise<number> {
  const { redis, topic } = bench
  let lost = 0
  for (const key of await redis.keys(`positions:${topic}:${name}:*`)) {
    const partition = key.split(':').at(-1)
    const next = Math.max(Number(await redis.hget(key, 'next')) - perPartition, 0)
    for (const [orderId, order] of await readStored(bench, name)) {
      if (order['partition'] !== partition || Number(order['offset']) < next) continue
      await redis.del(`${topic}:${name}:${orderId}`)
      await redis.hincrby(key, 'stored', -1)
      lost += 1
    }
    await redis.hset(key, { next, write: 'an earlier one' })
  }
  return lost
}

/** Takes away everything that a consumer has written, at once. */
export async function loseAllWrites({ redis, topic }: Bench, name: ConsumerName): Promise<void> {
  const lose = `for _, pattern in ipairs(ARGV) do
    for _, key in ipairs(redis.call('KEYS', pattern)) do redis.call('DEL', key) end
  end`
  await redis.eval(lose, 0, `positions:${topic}:${name}:*`, `${topic}:${name}:*`)
}

/** Stops a part without ending it, until the returned function or the end of the test. */
export function freezePart({ settings }: Bench, name: Part): () => void {
  const pid = pidOf(settings, name)
  const thaw = (): void => {
    // A test may have killed it meanwhile.
    const found = readPartProcess(settings, name)
    if (found.state === 'running' && found.pid === pid) process.kill(pid, 'SIGCONT')
  }
  onTestFinished(thaw)
  process.kill(pid, 'SIGSTOP')
  return thaw
}

function pidOf(settings: ClusterSettings, name: Part): number {
  const found = readPartProcess(settings, name)
  if (found.state !== 'running') throw new Error(`${name} does not run`)
  return found.pid
}
