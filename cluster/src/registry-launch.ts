import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TopicShape } from '@orders/platform/kafka/admin'
import { renderProperties } from './broker-properties.ts'
import { ClusterError } from './cluster-error.ts'
import { serverOptions } from './java-options.ts'
import type { Programs } from './kafka-launch.ts'
import type { Launch } from './launch.ts'
import { kafkaAddresses, type ClusterSettings } from './settings.ts'
import { configFolder } from './state-folder.ts'

const HEAP_MB = 256

/**
 * The topic that holds the schemas. The registry would make it with the brokers' retention, and
 * the schemas would be gone after a week.
 */
export const REGISTRY_JOURNAL: TopicShape = {
  topic: 'kafkasql-journal',
  partitions: 1,
  replicationFactor: 3,
  config: { 'retention.ms': '-1', 'retention.bytes': '-1', 'cleanup.policy': 'delete' },
}

/** Writes the settings file of the registry and says how to start it. */
export function registryLaunch(settings: ClusterSettings, { java, artifacts }: Programs): Launch {
  const file = join(configFolder(settings), 'schema-registry.properties')
  writeFileSync(file, renderProperties(registryProperties(settings)))
  const folder = artifacts.registryFolder
  const jar = readdirSync(folder).find((name) => name.endsWith('-runner.jar'))
  if (jar === undefined) {
    throw new ClusterError(`${folder} has no registry in it: delete that folder and run it again`)
  }
  const options = [
    ...serverOptions(HEAP_MB),
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    `-Dquarkus.config.locations=${file}`,
  ]
  return {
    command: java,
    args: [...options, '-jar', join(folder, jar)],
    env: settings.partEnvironment,
  }
}

function registryProperties(settings: ClusterSettings): Record<string, string> {
  return {
    // Above the properties inside the jar, which have 250.
    config_ordinal: '290',
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': `${settings.registryPort}`,
    'apicurio.storage.kind': 'kafkasql',
    'apicurio.kafkasql.bootstrap.servers': kafkaAddresses(settings).join(','),
    'apicurio.kafkasql.topic': REGISTRY_JOURNAL.topic,
    // It waits that long for a snapshot at every start. There is none: the journal is kept for ever.
    'apicurio.kafkasql.consumer.poll.timeout': '500',
    'quarkus.http.access-log.enabled': 'false',
    'apicurio.rules.global.compatibility': 'BACKWARD',
  }
}
