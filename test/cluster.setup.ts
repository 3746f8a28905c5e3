import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readClusterSettings, type ClusterSettings } from '@orders/cluster/settings'
import { startCluster } from '@orders/cluster/start-cluster'
import { stopCluster } from '@orders/cluster/stop-cluster'
import type { TestProject } from 'vitest/node'
import { findFreePorts } from './free-ports.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ClusterSettings
  }
}

/** Starts one real cluster for all integration tests, on ports of its own, and removes it after. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'orders-test-'))
  const [a, b, c, d, e, f, registry, redis] = await findFreePorts(8)
  const settings = readClusterSettings({
    ...process.env,
    CLUSTER_DIRECTORY: directory,
    CLUSTER_KAFKA_PORTS: [a, b, c].join(','),
    CLUSTER_CONTROLLER_PORTS: [d, e, f].join(','),
    CLUSTER_REGISTRY_PORT: String(registry),
    CLUSTER_REDIS_PORT: String(redis),
  })
  const say = (line: string): void => void process.stdout.write(`test cluster: ${line}\n`)
  await startCluster(settings, { progress: () => undefined, info: say, warn: say })
  project.provide('cluster', settings)
  return async () => {
    await stopCluster(settings)
    rmSync(directory, { recursive: true, force: true })
  }
}
