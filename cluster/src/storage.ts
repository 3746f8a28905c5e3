import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brokerDataFolder } from './broker-properties.ts'
import { ClusterError } from './cluster-error.ts'
import { findErrorLine } from './error-line.ts'
import type { Launch } from './launch.ts'
import { dataFolder } from './state-folder.ts'

const FORMAT_LIMIT_MS = 60_000

/** Prepares the folder of a broker that starts for the first time; one with data is left alone. */
export async function formatStorage(
  where: { directory: string },
  nodeId: number,
  format: (clusterId: string) => Launch,
): Promise<void> {
  const folder = brokerDataFolder(where, nodeId)
  if (existsSync(join(folder, 'meta.properties'))) return
  const { command, args, env } = format(readClusterId(where))
  try {
    await promisify(execFile)(command, args, { env, timeout: FORMAT_LIMIT_MS })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const line = findErrorLine(`${stdout}${stderr}`) ?? String(error)
    throw new ClusterError(`cannot prepare ${folder} for kafka-${nodeId}: ${line}`)
  }
}

/** Says the id of the cluster, made up before its first start. */
export function readClusterId(where: { directory: string }): string {
  const file = join(dataFolder(where), 'cluster-id')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const clusterId = createClusterId()
  writeFileSync(file, `${clusterId}\n`)
  return clusterId
}

function createClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? createClusterId() : id // Kafka's tool would take it for an option.
}
