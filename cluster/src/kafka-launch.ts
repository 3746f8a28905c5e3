import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Artifacts } from './artifacts.ts'
import { brokerProperties, renderProperties } from './broker-properties.ts'
import { QUICK_START, serverOptions } from './java-options.ts'
import type { Launch } from './launch.ts'
import type { ClusterSettings } from './settings.ts'
import { configFolder } from './state-folder.ts'

const BROKER_LOGGING = fileURLToPath(new URL('../log4j2.properties', import.meta.url))
const TOOL_LOGGING = fileURLToPath(new URL('../tools-log4j2.properties', import.meta.url))
const TOOL_HEAP_MB = 256

/** Where Java and the jars are. */
export interface Programs {
  java: string
  artifacts: Artifacts
}

/** Writes the settings file of a broker and says its path. */
export function writeBrokerProperties(settings: ClusterSettings, nodeId: number): string {
  const file = join(configFolder(settings), `kafka-${nodeId}.properties`)
  writeFileSync(file, renderProperties(brokerProperties(settings, nodeId)))
  return file
}

/** Says how to start a broker with its settings file. */
export function brokerLaunch(settings: ClusterSettings, programs: Programs, file: string): Launch {
  const options = [
    ...serverOptions(settings.brokerHeapMb),
    `-Dlog4j2.configurationFile=${BROKER_LOGGING}`,
  ]
  return kafkaLaunch(settings, programs, options, ['kafka.Kafka', file])
}

/** Says how to run one of Kafka's own tools by its class. */
export function toolLaunch(settings: ClusterSettings, programs: Programs, words: string[]): Launch {
  const options = [
    ...QUICK_START,
    `-Xmx${TOOL_HEAP_MB}m`,
    `-Dlog4j2.configurationFile=${TOOL_LOGGING}`,
  ]
  return kafkaLaunch(settings, programs, options, words)
}

function kafkaLaunch(
  { partEnvironment: env }: ClusterSettings,
  { java, artifacts }: Programs,
  options: string[],
  words: string[],
): Launch {
  const args = [...options, '-cp', join(artifacts.kafkaFolder, '*'), ...words]
  return { command: java, args, env }
}
