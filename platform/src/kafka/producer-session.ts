import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { ISocketFactory, Message, RecordMetadata } from 'kafkajs'
import { createKafka, openSocket, type KafkaOptions } from './client.ts'
import { COMPRESSION_CODES, type Compression } from './compression.ts'
import { fastProduce } from './fast-produce/install.ts'
import { PackedMessage } from './fast-produce/packed-message.ts'
import type { PackedRecords } from './packed-records.ts'

/** One producer id with its connections, from opening to retirement. */
export interface ProducerSession {
  readonly retired: boolean
  /** Aborted when it is retired or closed: no send that is still under way will get its answer. */
  readonly over: AbortSignal
  /** Sends messages that all name the same partition. */
  send(topic: string, messages: Message[]): Promise<RecordMetadata[]>
  /** Sends records that were packed for a partition. */
  sendPacked(topic: string, partition: number, records: PackedRecords): Promise<RecordMetadata[]>
  /** Cuts all connections and opens no other, so that nothing it still holds can be sent. */
  retire(): void
  /** Ends it politely. */
  close(): Promise<void>
}

/** How to produce. */
export interface SessionOptions extends KafkaOptions {
  /** `none` when left out. */
  compression?: Compression
}

const ACK_TIMEOUT_MS = 5_000
const SEND_RETRIES = 8
const RETRY_FIRST_MS = 200
const RETRY_MAX_MS = 2_000
const METADATA_MAX_AGE_MS = 15_000

/**
 * Connects an idempotent producer. Its own retries bridge a leader election: within one send they
 * repeat the same sequence number, so the log stays free of duplicates.
 */
export async function openSession(options: SessionOptions): Promise<ProducerSession> {
  const sockets = new SocketLedger(options.socketFactory)
  const kafka = createKafka({ ...options, retries: 1, socketFactory: sockets.factory })
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: {
      retries: SEND_RETRIES,
      initialRetryTime: RETRY_FIRST_MS,
      maxRetryTime: RETRY_MAX_MS,
      factor: 0.2,
      multiplier: 2,
    },
  })
  try {
    await producer.connect()
  } catch (error) {
    sockets.cut()
    throw error
  }
  const over = new AbortController()
  // Every send that is under way listens to it, one a partition.
  setMaxListeners(0, over.signal)
  const compression = COMPRESSION_CODES[options.compression ?? 'none']
  const staysPacked = fastProduce.active && compression === COMPRESSION_CODES.none
  const send = (topic: string, messages: Message[]): Promise<RecordMetadata[]> =>
    producer.send({ topic, messages, acks: -1, timeout: ACK_TIMEOUT_MS, compression })
  return {
    get retired() {
      return over.signal.aborted
    },
    over: over.signal,
    send,
    sendPacked: (topic, partition, records) =>
      send(
        topic,
        staysPacked
          ? [new PackedMessage(partition, records)]
          : records.unpack().map((record) => ({ ...record, partition })),
      ),
    retire() {
      sockets.cut()
      over.abort()
      producer.disconnect().catch(() => undefined) // Its sockets are gone already.
    },
    async close() {
      await producer.disconnect()
      sockets.cut()
      over.abort()
    },
  }
}

/** Knows the sockets of one producer: the library keeps retrying after a disconnect. */
class SocketLedger {
  readonly #open = new Set<Socket>()
  readonly #inner: ISocketFactory
  #closed = false

  constructor(inner: ISocketFactory = openSocket) {
    this.#inner = inner
  }

  readonly factory: ISocketFactory = (args) => {
    const socket = this.#inner(args)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#closed) socket.destroy(new Error('this producer is retired'))
    return socket
  }

  cut(): void {
    this.#closed = true
    for (const socket of this.#open) socket.destroy()
  }
}
