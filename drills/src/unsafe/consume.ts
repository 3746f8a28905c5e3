import type { KafkaClient } from '@orders/platform/kafka/client'
import { createLogger } from '@orders/platform/logger'
import { openRedis, type RedisClient } from '@orders/platform/redis'
import { runMain, runService } from '@orders/platform/service'
import { need, openKafka } from './environment.ts'

/** The client library's own consumer. */
export type PlainConsumer = ReturnType<KafkaClient['consumer']>

/** What an unsafe consumer works with. */
export interface Workplace {
  consumer: PlainConsumer
  redis: RedisClient
  topic: string
  /** Before every key of this consumer in Redis. */
  prefix: string
}

/** As the two real consumers have it, so that no way comes back sooner than another by a setting. */
const SESSION_TIMEOUT_MS = 10_000
const SHUTDOWN_TIMEOUT_MS = 9_000

/** The life of an unsafe consumer around its one way to take messages, `run`. */
export async function consume(
  name: string,
  run: (workplace: Workplace) => Promise<void>,
): Promise<void> {
  await runMain(async () => {
    const log = createLogger({ name, level: 'info', format: 'pretty' })
    await runService({ log, shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS }, async (service) => {
      const topic = need('KAFKA_TOPIC')
      const { redis, close } = openRedis(need('REDIS_URL'))
      service.defer('redis', close)
      const consumer = openKafka(name).consumer({
        groupId: need('KAFKA_GROUP_ID'),
        sessionTimeout: SESSION_TIMEOUT_MS,
      })
      service.defer('consumer', () => consumer.disconnect())
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await run({ consumer, redis, topic, prefix: `${topic}:${name}` })
    })
  })
}
