import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readClusterSettings, type ClusterSettings } from '@orders/cluster/settings'
import { startCluster } from '@orders/cluster/start-cluster'
import { stopCluster } from '@orders/cluster/stop-cluster'

/**
 * Below the range that systems take for outgoing connections: while a broker is dead, one of the
 * many tries to reach somebody must not be given its port.
 */
const PORT_MIN = 15_000
const PORT_MAX = 30_000
const PORT_TRIES = 200
const BROKERS = 3

/** A cluster that belongs to one run of drills. */
export interface DrillCluster {
  settings: ClusterSettings
  stop(): Promise<void>
}

/** Starts a cluster on free ports in a folder, its brokers reachable through links as well. */
export async function startDrillCluster(
  folder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<DrillCluster> {
  const settings = await planCluster(folder)
  const report = { progress: () => undefined, info: say, warn: say }
  const stop = async (): Promise<void> => {
    await stopCluster(settings)
    rmSync(join(settings.directory, 'data'), { recursive: true, force: true })
  }
  try {
    await startCluster(settings, report, { signal })
  } catch (error) {
    await stop()
    throw error
  }
  return { settings, stop }
}

async function planCluster(folder: string): Promise<ClusterSettings> {
  const ports = await findPorts(BROKERS * 4 + 2)
  const next = (count: number): string => ports.splice(0, count).join(',')
  return readClusterSettings({
    ...process.env,
    CLUSTER_DIRECTORY: join(folder, 'cluster'),
    CLUSTER_KAFKA_PORTS: next(BROKERS),
    CLUSTER_CONTROLLER_PORTS: next(BROKERS),
    CLUSTER_PROXIED_PORTS: next(BROKERS),
    CLUSTER_PROXY_PORTS: next(BROKERS),
    CLUSTER_REGISTRY_PORT: next(1),
    CLUSTER_REDIS_PORT: next(1),
  })
}

/** Finds ports that nobody listens on, for a cluster of one's own. */
export async function findPorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let turn = 0; turn < PORT_TRIES && found.size < count; turn += 1) {
    const port = randomInt(PORT_MIN, PORT_MAX)
    if (await isFree(port)) found.add(port)
  }
  if (found.size < count) throw new Error(`no ${count} free ports from ${PORT_MIN} to ${PORT_MAX}`)
  return [...found]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}
