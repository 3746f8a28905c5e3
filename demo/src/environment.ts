import { join } from 'node:path'
import {
  kafkaAddresses,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'

/** The three services by the name of their folder. */
export type ServiceName = 'producer' | 'consumer-auto' | 'consumer-batch'

/** Where the demo keeps the ledger: beside the data of the cluster, so that both are wiped as one. */
export function ledgerFileOf(settings: ClusterSettings): string {
  return join(settings.directory, 'ledger', 'orders.jsonl')
}

/** The environment of a service: the settings of the user, at the addresses of the cluster. */
export function environmentOf(
  name: ServiceName,
  settings: ClusterSettings,
  runId: string,
  env: NodeJS.ProcessEnv,
  colour: boolean,
): NodeJS.ProcessEnv {
  // What only one service may have, or has another value in each, is not for all of them.
  const { KAFKA_GROUP_ID: _group, AUTO_COMMIT: _commit, BATCH_SIZE, ...rest } = env
  const { HEALTH_FILE: _health, WHEN_DONE: _whenDone, ...shared } = rest
  return {
    ...shared,
    KAFKA_BROKERS: kafkaAddresses(settings).join(','),
    SCHEMA_REGISTRY_URL: registryUrl(settings),
    REDIS_URL: redisUrl(settings),
    LOG_FORMAT: 'pretty',
    ...(colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    ...(name === 'producer' ? { LEDGER_FILE: ledgerFileOf(settings), RUN_ID: runId } : {}),
    ...(name === 'consumer-batch' && BATCH_SIZE !== undefined ? { BATCH_SIZE } : {}),
  }
}
