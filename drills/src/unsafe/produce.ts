import { createWriteStream, readFileSync } from 'node:fs'
import { once } from 'node:events'
import type { KafkaClient } from '@orders/platform/kafka/client'
import { createLogger } from '@orders/platform/logger'
import { encodeOrder } from '@orders/platform/order-encoder'
import { pause, untilBack, waitAtMost } from '@orders/platform/patience'
import { Registry, RegistryAway } from '@orders/platform/schema-registry'
import { runMain, runService } from '@orders/platform/service'
import type { Order } from '@orders/schemas/order'
import { orderSchemaText } from '@orders/schemas/order-avro'
import { need, openKafka } from './environment.ts'

type PlainProducer = ReturnType<KafkaClient['producer']>
type ProducerOptions = Parameters<KafkaClient['producer']>[0]

/** How an unsafe producer sends. */
export interface SendingWay {
  name: string
  options: ProducerOptions
  /** 1: the leader alone has it. -1: all in-sync replicas have it. */
  acks: 1 | -1
}

const SHUTDOWN_TIMEOUT_MS = 9_000
const REGISTRY_LIMIT_MS = 60_000
/** Sends without an answer are left at the end: they count as not acknowledged. */
const ANSWERS_LIMIT_MS = 5_000

/**
 * Sends the orders of a file at a steady pace without waiting for an answer, as an event handler
 * of a web shop would, and writes down the ids that were acknowledged. A failed send is dropped.
 */
export async function produce(way: SendingWay): Promise<void> {
  await runMain(async () => {
    const log = createLogger({ name: way.name, level: 'info', format: 'pretty' })
    await runService({ log, shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS }, async (service) => {
      const producer = openKafka(way.name).producer(way.options)
      service.defer('producer', () => producer.disconnect())
      await producer.connect()
      await sendAll(way, producer, service.signal)
      service.end()
    })
  })
}

async function sendAll(
  { acks }: SendingWay,
  producer: PlainProducer,
  signal: AbortSignal,
): Promise<void> {
  const topic = need('KAFKA_TOPIC')
  const intervalMs = Number(need('ORDER_INTERVAL_MS'))
  const schemaId = await registerSchema(topic, signal)
  const acknowledged = createWriteStream(need('ACKNOWLEDGED_FILE'))
  const onTheWay = new Set<Promise<void>>()
  const start = Date.now()
  for (const [turn, order] of readOrders(need('ORDER_FILE')).entries()) {
    await pause(Math.max(start + turn * intervalMs - Date.now(), 0), signal)
    if (signal.aborted) break
    const record = { key: order.customerId, value: encodeOrder(schemaId, order) }
    const sent: Promise<void> = producer
      .send({ topic, acks, messages: [record] })
      .then(
        () => void acknowledged.write(`${order.orderId}\n`),
        () => undefined,
      )
      .finally(() => onTheWay.delete(sent))
    onTheWay.add(sent)
  }
  await waitAtMost(ANSWERS_LIMIT_MS, Promise.all(onTheWay))
  acknowledged.end()
  await once(acknowledged, 'finish')
}

/** Patient as the real producer is: a slow registry is not what is compared. */
function registerSchema(topic: string, signal: AbortSignal): Promise<number> {
  const patience = {
    what: 'the schema registry',
    advice: 'run the comparison again',
    limitMs: REGISTRY_LIMIT_MS,
    signal,
    isAway: (error: unknown) => error instanceof RegistryAway,
    onWait: () => undefined,
  }
  const registry = new Registry(need('SCHEMA_REGISTRY_URL'))
  return untilBack(patience, () => registry.register(`${topic}-value`, orderSchemaText))
}

function readOrders(file: string): Order[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Order)
}
