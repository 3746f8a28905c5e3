import { DeadLetterClaims } from './dead-letter-claims.ts'
import { DeadLetters } from './dead-letters.ts'
import { HealthFile } from './health.ts'
import { withAdmin } from './kafka/admin.ts'
import type { KafkaOptions } from './kafka/client.ts'
import { GroupConsumer } from './kafka/group-consumer.ts'
import { PartitionSender } from './kafka/sender.ts'
import { deadLetterTopic } from './kafka/topics.ts'
import type { Logger } from './logger.ts'
import { findLostWrites, type LossCheck } from './lost-writes.ts'
import { OrderDecoder } from './order-decoder.ts'
import { OrderIntake } from './order-intake.ts'
import { OrderStore, type ConsumerName } from './order-store.ts'
import { untilBack } from './patience.ts'
import { openProbe } from './probe.ts'
import { openRedis, redactUrl, type RedisClient } from './redis.ts'
import { Registry } from './schema-registry.ts'
import type { FaultPlan } from './fault-point.ts'
import type { Service } from './service.ts'

/** What both consumers are told by their settings. */
export interface ConsumerConfig {
  KAFKA_BROKERS: string[]
  KAFKA_TOPIC: string
  KAFKA_DLQ_TOPIC: string
  KAFKA_GROUP_ID: string
  /** So many messages a commit covers. */
  BATCH_SIZE: number | string
  /** One worker for all partitions, or a worker for each. */
  WORKERS: 'one' | 'partition'
  /** Of consumer-auto: whether it waits for a commit after each order, or commits by the clock. */
  COMMIT_MODE?: 'each' | 'background'
  SCHEMA_REGISTRY_URL: string
  REDIS_URL: string
  STARTUP_TIMEOUT_MS: number
  OUTAGE_TIMEOUT_MS: number
  HEALTH_FILE?: string | undefined
  TRACE_FILE?: string | undefined
  FAULT_POINT?: FaultPlan | undefined
}

/** The two halves of a consumer: what reads the log, and what takes messages to Redis. */
export interface ConsumerParts {
  consumer: GroupConsumer
  intake: OrderIntake
}

const SEND_TIMEOUT_MS = 10_000
/** As Kafka's own consumers do by default (`auto.commit.interval.ms`). */
const COMMIT_INTERVAL_MS = 5_000
/** Above it more workers only wait for each other: they share one process. */
const WORKERS_MAX = 64

/**
 * Connects a consumer with everything it needs, waiting for what is not there yet. `onDropped` is
 * called whenever what was read but not committed will come again.
 */
export async function connectConsumer(
  name: ConsumerName,
  config: ConsumerConfig,
  service: Service,
  log: Logger,
  onDropped: () => void,
): Promise<ConsumerParts> {
  const kafka: KafkaOptions = {
    clientId: config.KAFKA_GROUP_ID,
    brokers: config.KAFKA_BROKERS,
    onLog: (_level, message, facts) => log.debug(facts, message),
  }
  const health = new HealthFile(config.HEALTH_FILE)
  service.defer('health', () => health.remove())
  const probe = openProbe(`consumer-${name}`, config)
  service.defer('trace', () => probe.close())
  const { redis, close } = openRedis(config.REDIS_URL)
  service.defer('redis', close)
  await waitForRedis(redis, config, service, log)
  const partitions = await waitForTopic(kafka, config, service, log)
  const dlqPartitions = await ensureDeadLetterTopic(kafka, config, partitions, service, log)

  const sender = new PartitionSender({ ...kafka, sendTimeoutMs: SEND_TIMEOUT_MS })
  service.defer('dead-letter sender', () => sender.close())
  const { KAFKA_TOPIC: topic, KAFKA_DLQ_TOPIC: dlqTopic, KAFKA_GROUP_ID: groupId } = config
  const deadLetters = new DeadLetters(
    { kafka, topic, dlqTopic, dlqPartitions, groupId },
    sender,
    new DeadLetterClaims(redis, dlqTopic),
  )
  const intake = new OrderIntake({
    decoder: new OrderDecoder(new Registry(config.SCHEMA_REGISTRY_URL)),
    store: new OrderStore(redis, topic, name),
    deadLetters,
    probe,
    log,
    signal: service.signal,
    outageTimeoutMs: config.OUTAGE_TIMEOUT_MS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    redisUrl: redactUrl(config.REDIS_URL),
    fetchLogStart: (partition) => fetchLogStart(kafka, topic, partition),
  })
  const lossCheck: LossCheck = {
    name,
    kafka,
    redis,
    groupId,
    topic,
    uncommittedMax: countUncommitted(name, config),
    signal: service.signal,
    outageTimeoutMs: config.OUTAGE_TIMEOUT_MS,
    log,
  }
  const consumer = new GroupConsumer({
    ...membershipOf(name, kafka, config, service, log),
    workers: countWorkers(config, partitions),
    probe,
    // Well is who is in the group: also while it waits for Redis or the registry, and says so.
    onMember: () => health.refresh(),
    findLost: (assigned) => findLostWrites(lossCheck, assigned),
    onDropped: () => {
      intake.reset()
      onDropped()
    },
  })
  service.defer('kafka consumer', () => consumer.close())
  // A Redis that comes back may come back with less than it had.
  redis.on('ready', () => void consumer.recheck().catch(service.fail))
  return { consumer, intake }
}

/** How many messages of a partition may be stored beyond its commit when all is well. */
function countUncommitted(name: ConsumerName, { COMMIT_MODE, BATCH_SIZE }: ConsumerConfig): number {
  if (COMMIT_MODE === 'background') return Number.MAX_SAFE_INTEGER
  // consumer-batch collects the next ones while a commit is on its way.
  return Number(BATCH_SIZE) * (name === 'batch' ? 2 : 1)
}

function countWorkers({ WORKERS }: ConsumerConfig, partitions: number): number {
  return WORKERS === 'one' ? 1 : Math.min(partitions, WORKERS_MAX)
}

function membershipOf(
  name: ConsumerName,
  kafka: KafkaOptions,
  config: ConsumerConfig,
  service: Service,
  log: Logger,
) {
  return {
    ...kafka,
    groupId: config.KAFKA_GROUP_ID,
    topic: config.KAFKA_TOPIC,
    autoCommit: name === 'auto',
    commitIntervalMs: config.COMMIT_MODE === 'background' ? COMMIT_INTERVAL_MS : null,
    signal: service.signal,
    outageTimeoutMs: config.OUTAGE_TIMEOUT_MS,
    onAssigned: (partitions: number[]) =>
      log.info({ partitions }, `joined the group: partitions ${partitions.join(', ') || 'none'}`),
    onTrouble: (message: string) => log.warn(message),
    onFatal: (error: unknown) => service.fail(error),
  }
}

async function waitForRedis(
  redis: RedisClient,
  config: ConsumerConfig,
  { signal }: Service,
  log: Logger,
): Promise<void> {
  const patience = {
    what: `Redis at ${redactUrl(config.REDIS_URL)}`,
    advice: 'start it (npm run cluster:up) or set REDIS_URL',
    limitMs: config.STARTUP_TIMEOUT_MS,
    signal,
    isAway: () => true,
    onWait: (message: string) => log.warn(message),
  }
  await untilBack(patience, () => redis.ping())
}

async function waitForTopic(
  kafka: KafkaOptions,
  config: ConsumerConfig,
  { signal }: Service,
  log: Logger,
): Promise<number> {
  const onWait = (message: string) => log.warn(message)
  const what = `Kafka at ${config.KAFKA_BROKERS.join(', ')}`
  const advice = 'start it (npm run cluster:up) or set KAFKA_BROKERS'
  const topic = `topic ${config.KAFKA_TOPIC}, which the producer makes`
  const count = () => withAdmin(kafka, (admin) => admin.countPartitions(config.KAFKA_TOPIC))
  await untilBack(
    { what, advice, limitMs: config.STARTUP_TIMEOUT_MS, signal, isAway: () => true, onWait },
    count,
  )
  return untilBack(
    {
      what: topic,
      advice: 'start the producer, or set KAFKA_TOPIC',
      limitMs: config.OUTAGE_TIMEOUT_MS,
      signal,
      isAway: () => true,
      onWait,
    },
    async () => {
      const partitions = await count()
      if (partitions === null) throw new Error('there is no such topic yet')
      return partitions
    },
  )
}

async function ensureDeadLetterTopic(
  kafka: KafkaOptions,
  config: ConsumerConfig,
  partitions: number,
  { signal }: Service,
  log: Logger,
): Promise<number> {
  const topic = config.KAFKA_DLQ_TOPIC
  const shape = deadLetterTopic(topic, partitions)
  // Both consumers may make it at the same moment, and a topic just made is not known everywhere.
  const { created, differences, found } = await untilBack(
    {
      what: `topic ${topic}`,
      advice: 'look at the brokers',
      limitMs: config.STARTUP_TIMEOUT_MS,
      signal,
      isAway: () => true,
      onWait: (message) => log.warn(message),
    },
    () =>
      withAdmin(kafka, async (admin) => {
        const outcome = await admin.ensureTopic(shape)
        const found = await admin.countPartitions(topic)
        if (found === null) throw new Error('it is not there yet')
        return { ...outcome, found }
      }),
  )
  if (created) log.info(`created topic ${topic}: ${partitions} partitions`)
  for (const difference of differences) log.warn(`topic ${topic}: ${difference}`)
  return found
}

async function fetchLogStart(kafka: KafkaOptions, topic: string, partition: number) {
  const ranges = await withAdmin(kafka, (admin) => admin.fetchRanges(topic))
  const range = ranges.find((entry) => entry.partition === partition)
  if (!range) throw new Error(`topic ${topic} has no partition ${partition}`)
  return range.low
}
