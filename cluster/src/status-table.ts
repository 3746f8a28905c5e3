import chalk from 'chalk'
import type { PartStatus } from './inspect-cluster.ts'
import { registryUrl, redisUrl, kafkaAddresses, type ClusterSettings } from './settings.ts'
import { logFolder } from './state-folder.ts'

const HEAD = ['part', 'pid', 'address', 'state', 'memory']
const COLORS = { up: chalk.green, 'not ready': chalk.yellow, dead: chalk.red, stopped: chalk.dim }

/** Renders the parts of the cluster as a table for people. */
export function renderStatus(parts: PartStatus[]): string {
  const rows = [HEAD, ...parts.map(renderRow)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row.map((cell, column) => colorOf(cell)(cell.padEnd(widths[column] ?? 0))).join('  '),
  )
  const details = parts
    .filter(({ detail }) => detail !== '')
    .map(({ name, detail }) => `${name}: ${detail}`)
  return [...lines.map((line) => line.trimEnd()), ...details].join('\n')
}

/** Renders the addresses of a cluster that is up, and how to end it. */
export function renderAddresses(settings: ClusterSettings): string {
  return [
    `  Kafka     ${kafkaAddresses(settings).join(',')}`,
    `  registry  ${registryUrl(settings)}`,
    `  Redis     ${redisUrl(settings)}`,
    `  logs      ${logFolder(settings)}`,
    '  stop      npm run cluster:down   (-- --wipe drops the data too)',
  ].join('\n')
}

function renderRow({ name, pid, address, state, memoryMb }: PartStatus): string[] {
  const memory = memoryMb === null ? '-' : `${memoryMb} MB`
  return [name, pid === null ? '-' : `${pid}`, address, state, memory]
}

function colorOf(cell: string): (text: string) => string {
  return COLORS[cell as keyof typeof COLORS] ?? ((text) => text)
}
