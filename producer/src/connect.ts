import { withAdmin } from '@orders/platform/kafka/admin'
import type { KafkaOptions } from '@orders/platform/kafka/client'
import { ordersTopic } from '@orders/platform/kafka/topics'
import type { Logger } from '@orders/platform/logger'
import { untilBack, type Patience } from '@orders/platform/patience'
import { Registry, RegistryAway } from '@orders/platform/schema-registry'
import { orderSchemaText } from '@orders/schemas/order-avro'
import type { Config } from './config.ts'

/** What the producer has to know of the cluster before it sends anything. */
export interface Destination {
  clusterId: string
  partitions: number
  schemaId: number
}

/**
 * Waits for the cluster, makes the topic when there is none, and registers the schema. Throws a
 * `UserError` when something stays away or the schema does not fit; nothing was sent then.
 */
export async function prepareDestination(
  config: Config,
  kafka: KafkaOptions,
  signal: AbortSignal,
  log: Logger,
): Promise<Destination> {
  const patience = {
    limitMs: config.STARTUP_TIMEOUT_MS,
    signal,
    onWait: (message: string) => log.warn(message),
  }
  const { clusterId, partitions } = await prepareTopic(config, kafka, patience, log)
  const schemaId = await untilBack(
    {
      ...patience,
      what: `the schema registry at ${config.SCHEMA_REGISTRY_URL}`,
      advice: 'start it (npm run cluster:up) or set SCHEMA_REGISTRY_URL',
      isAway: (error) => error instanceof RegistryAway,
    },
    () => registerSchema(config, log),
  )
  return { clusterId, partitions, schemaId }
}

type Limits = Pick<Patience, 'limitMs' | 'signal' | 'onWait'>

async function prepareTopic(config: Config, kafka: KafkaOptions, limits: Limits, log: Logger) {
  const topic = config.KAFKA_TOPIC
  const patience = {
    ...limits,
    what: `Kafka at ${config.KAFKA_BROKERS.join(', ')}`,
    advice: 'start it (npm run cluster:up) or set KAFKA_BROKERS',
    isAway: () => true,
  }
  return untilBack(patience, () =>
    withAdmin(kafka, async (admin) => {
      const { created, differences } = await admin.ensureTopic(ordersTopic(topic))
      const partitions = await admin.countPartitions(topic)
      if (partitions === null) throw new Error(`topic ${topic} is not there yet`)
      if (created) log.info(`created topic ${topic}: ${partitions} partitions on 3 brokers each`)
      for (const difference of differences) {
        log.warn(`topic ${topic} was there already and is different: ${difference}`)
      }
      const { clusterId } = await admin.describeCluster()
      return { clusterId, partitions }
    }),
  )
}

async function registerSchema(config: Config, log: Logger): Promise<number> {
  const subject = `${config.KAFKA_TOPIC}-value`
  const id = await new Registry(config.SCHEMA_REGISTRY_URL).register(subject, orderSchemaText)
  log.info(`schema ${subject} has id ${id}`)
  return id
}
