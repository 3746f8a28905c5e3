import { withAdmin, type KafkaAdmin } from '@orders/platform/kafka/admin'
import { askBrokerIds } from './broker-ping.ts'
import type { Part } from './parts.ts'
import { pingRedis } from './redis-ping.ts'
import { registryUrl, type ClusterSettings } from './settings.ts'

const PROBE_LIMIT_MS = 3_000
const GROUP = 'cluster-readiness'

/** Says null when a part does its own work, else in a few words what is missing. */
export function probePart(settings: ClusterSettings, part: Part): Promise<string | null> {
  switch (part.kind) {
    case 'kafka':
      return probeBroker(part, [part.nodeId])
    case 'registry':
      return probeRegistry(settings)
    case 'redis':
      return pingRedis(settings.redisPort, PROBE_LIMIT_MS)
  }
}

/** Does the same, and wants of a broker that it sees all the others. */
export function probeWhole(settings: ClusterSettings, part: Part): Promise<string | null> {
  const wanted = settings.kafkaPorts.map((_, index) => index + 1)
  return part.kind === 'kafka' ? probeBroker(part, wanted) : probePart(settings, part)
}

/** Says null when groups can be joined, else in a few words what is missing. */
export function probeCoordinator(addresses: string[]): Promise<string | null> {
  return askKafka(addresses, async (admin) => {
    await admin.describeMembers(GROUP)
    return null
  })
}

/** Opens an admin connection that gives up soon: whoever probes asks again. */
export function askKafka<T>(
  addresses: string[],
  use: (admin: KafkaAdmin) => Promise<T>,
): Promise<T | string> {
  const options = {
    clientId: 'cluster',
    brokers: addresses,
    requestTimeoutMs: PROBE_LIMIT_MS,
    retries: 0,
  }
  return withAdmin(options, use).catch((error: unknown) => briefly(error))
}

async function probeBroker({ ports }: Part, wanted: number[]): Promise<string | null> {
  try {
    const ids = await askBrokerIds(ports[0]?.port ?? 0, PROBE_LIMIT_MS)
    const missing = wanted.filter((id) => !ids.includes(id))
    return missing.length === 0 ? null : `does not see broker ${missing.join(', ')}`
  } catch (error) {
    return briefly(error)
  }
}

async function probeRegistry(settings: ClusterSettings): Promise<string | null> {
  const origin = new URL(registryUrl(settings)).origin
  for (const url of [`${origin}/health/ready`, `${registryUrl(settings)}/subjects`]) {
    const status = await fetchStatus(url)
    if (status !== '200') return `${new URL(url).pathname} answers ${status}`
  }
  return null
}

async function fetchStatus(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) })
    await response.arrayBuffer()
    return `${response.status}`
  } catch {
    return 'nothing'
  }
}

function briefly(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.includes('ECONNREFUSED') ? 'does not listen' : text
}
