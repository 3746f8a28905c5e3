import { Kafka, logLevel } from 'kafkajs'
import { readSettings } from './settings.mjs'

/** kafkajs with the patience that the project's own services have, and silent. */
export function openKafka() {
  const { brokers } = readSettings()
  return new Kafka({ clientId: 'peer-kafkajs', brokers, logLevel: logLevel.NOTHING })
}
