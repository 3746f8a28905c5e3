import type { Admin, ITopicConfig } from 'kafkajs'
import { createKafka, type KafkaOptions } from './client.ts'

/** What a topic should look like. */
export interface TopicShape {
  topic: string
  partitions: number
  replicationFactor: number
  /** Topic settings by their Kafka name, such as `min.insync.replicas`. */
  config: Record<string, string>
}

/** What became of a topic that was asked for. */
export interface TopicOutcome {
  created: boolean
  /** One sentence for each way in which a topic that was already there differs. */
  differences: string[]
}

/** The offsets that a partition holds: from `low` up to, not including, `high`. */
export interface PartitionRange {
  partition: number
  low: bigint
  high: bigint
}

/** The brokers that are alive, as one of them sees it. */
export interface ClusterView {
  clusterId: string
  brokerIds: number[]
  controllerId: number | null
}

const TOPIC_TIMEOUT_MS = 15_000

/** Opens an admin connection, uses it, and closes it whatever happens. */
export async function withAdmin<T>(
  options: KafkaOptions,
  use: (admin: KafkaAdmin) => Promise<T>,
): Promise<T> {
  const admin = createKafka(options).admin()
  try {
    await admin.connect()
    return await use(new KafkaAdmin(admin))
  } finally {
    await admin.disconnect()
  }
}

/** The few questions and orders that this project has for a cluster. */
export class KafkaAdmin {
  readonly #admin: Admin

  constructor(admin: Admin) {
    this.#admin = admin
  }

  /** Names the brokers alive: a fenced broker is not among them. */
  async describeCluster(): Promise<ClusterView> {
    const { clusterId, brokers, controller } = await this.#admin.describeCluster()
    return {
      clusterId,
      brokerIds: brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b),
      controllerId: controller,
    }
  }

  /** Says how many partitions a topic has, or null when there is no such topic. */
  async countPartitions(topic: string): Promise<number | null> {
    if (!(await this.#admin.listTopics()).includes(topic)) return null
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.length ?? null
  }

  /**
   * Creates a topic and waits for its leaders; one that is there already is left as it is, and
   * every difference from the wanted shape is told.
   */
  async ensureTopic(shape: TopicShape): Promise<TopicOutcome> {
    const created = await this.#createTopic(shape)
    return { created, differences: created ? [] : await this.#compareTopic(shape) }
  }

  async #createTopic({ topic, partitions, replicationFactor, config }: TopicShape) {
    const wanted: ITopicConfig = {
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }
    // Asked first: a create request for a topic that is there is an error line in the broker's log.
    if ((await this.#admin.listTopics()).includes(topic)) return false
    return this.#admin.createTopics({
      topics: [wanted],
      waitForLeaders: true,
      timeout: TOPIC_TIMEOUT_MS,
    })
  }

  async #compareTopic({ topic, partitions, replicationFactor, config }: TopicShape) {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    const found = topics[0]?.partitions ?? []
    const replicas = [...new Set(found.map(({ replicas: { length } }) => length))].join(' and ')
    const settings = await this.#fetchTopicConfig(topic, Object.keys(config))
    return [
      difference('partitions', partitions, found.length),
      difference('replication factor', replicationFactor, replicas),
      ...Object.entries(config).map(([name, value]) =>
        difference(name, value, settings.get(name) ?? 'unset'),
      ),
    ].filter((text) => text !== null)
  }

  async #fetchTopicConfig(topic: string, configNames: string[]): Promise<Map<string, string>> {
    const { resources } = await this.#admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames }], // 2 = topic
    })
    const entries = resources[0]?.configEntries ?? []
    return new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
  }

  /** Says from where to where each partition of a topic holds messages. */
  async fetchRanges(topic: string): Promise<PartitionRange[]> {
    const offsets = await this.#admin.fetchTopicOffsets(topic)
    return offsets
      .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition)
  }

  /** Says the committed offset of each partition; a partition never committed is left out. */
  async fetchCommitted(groupId: string, topic: string): Promise<Map<number, bigint>> {
    const [answer] = await this.#admin.fetchOffsets({ groupId, topics: [topic] })
    const known = answer?.partitions.filter(({ offset }) => offset !== '-1') ?? []
    return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]))
  }

  /** Names the members of a group by client id; throws while no coordinator answers. */
  async describeMembers(groupId: string): Promise<{ state: string; clientIds: string[] }> {
    // On a fresh connection the library knows no broker yet, and fails for good.
    await this.#admin.describeCluster()
    const { groups } = await this.#admin.describeGroups([groupId])
    const group = groups[0]
    return {
      state: group?.state ?? 'Dead',
      clientIds: group?.members.map(({ clientId }) => clientId) ?? [],
    }
  }

  /** Forgets groups that have no members. */
  async deleteGroups(groupIds: string[]): Promise<void> {
    await this.#admin.deleteGroups(groupIds)
  }
}

function difference(what: string, wanted: string | number, found: string | number): string | null {
  return String(wanted) === String(found) ? null : `${what} is ${found} instead of ${wanted}`
}
