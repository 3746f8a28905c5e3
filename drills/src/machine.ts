import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** With what a campaign was run. */
export interface Machine {
  versions: Record<string, string>
  cores: number
  memoryMb: number
  processor: string
}

const BYTES_PER_MB = 1024 * 1024
const ROOT = new URL('../../', import.meta.url)
const LIBRARIES = ['kafkajs', 'ioredis', 'avsc'] as const

/** Says what this machine is and which versions are in use. */
export function describeMachine(): Machine {
  const processors = cpus()
  const libraries = LIBRARIES.map((name) => [name, readLibraryVersion(name)] as const)
  return {
    versions: {
      Kafka: readKafkaVersion(),
      ...Object.fromEntries(libraries),
      Node: process.versions.node,
      system: `${process.platform} ${process.arch}`,
    },
    cores: processors.length,
    memoryMb: Math.round(totalmem() / BYTES_PER_MB),
    processor: processors[0]?.model ?? 'unknown',
  }
}

function readKafkaVersion(): string {
  const pom = readFileSync(new URL('cluster/pom.xml', ROOT), 'utf8')
  return /<kafka\.version>([^<]+)</.exec(pom)?.[1] ?? 'unknown'
}

function readLibraryVersion(name: string): string {
  const file = new URL(`node_modules/${name}/package.json`, ROOT)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string }
  return version ?? 'unknown'
}
