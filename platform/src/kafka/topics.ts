import type { TopicShape } from './admin.ts'

const PARTITIONS = 5
const REPLICATION_FACTOR = 3
const MIN_INSYNC_REPLICAS = '2'
/** A dead letter is its message plus headers, and must fit when the message only just did. */
const DLQ_MESSAGE_BYTES_MAX = String(2 * 1024 * 1024)

/** The topic of the orders: one lost broker neither stops it nor loses anything. */
export function ordersTopic(topic: string): TopicShape {
  return {
    topic,
    partitions: PARTITIONS,
    replicationFactor: REPLICATION_FACTOR,
    config: {
      'min.insync.replicas': MIN_INSYNC_REPLICAS,
      // Whatever another producer sends: kafkajs reads neither snappy nor lz4 nor zstd.
      'compression.type': 'uncompressed',
    },
  }
}

/** The topic of the dead letters, with as many partitions as the topic they come from. */
export function deadLetterTopic(topic: string, partitions: number): TopicShape {
  return {
    topic,
    partitions,
    replicationFactor: REPLICATION_FACTOR,
    config: {
      'min.insync.replicas': MIN_INSYNC_REPLICAS,
      'max.message.bytes': DLQ_MESSAGE_BYTES_MAX,
    },
  }
}
