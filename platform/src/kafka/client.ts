import './fast-produce/install.ts'
import './idle-request-queue.ts'
import './stoppable-runner.ts'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Kafka, logLevel, type ISocketFactory, type LogEntry } from 'kafkajs'

/** Where a Kafka cluster is, and how patient a client of it is. */
export interface KafkaOptions {
  clientId: string
  brokers: string[]
  /** Gives up on one answer of a broker after this long. */
  requestTimeoutMs?: number
  /** Tries a failed request so many times more before it rejects. */
  retries?: number
  /** Receives what the client has to say; silent when left out. */
  onLog?: (level: 'error' | 'warn' | 'info' | 'debug', message: string, facts: object) => void
  /** Opens the connections; only tests that cut or delay them set it. */
  socketFactory?: ISocketFactory
}

export type KafkaClient = Kafka

const CONNECTION_TIMEOUT_MS = 3_000
const KEEP_ALIVE_MS = 60_000
/** Of a broker that is away the library gives up the same socket many times, a listener each. */
const SOCKET_LISTENERS_MAX = 100
const REQUEST_TIMEOUT_MS = 10_000
const RETRIES = 5
const RETRY_INITIAL_MS = 200
const RETRY_MAX_MS = 2_000

const levelNames = {
  [logLevel.NOTHING]: 'debug',
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
} as const

/** Builds a Kafka client without opening a connection. */
export function createKafka(options: KafkaOptions): KafkaClient {
  const { clientId, brokers, requestTimeoutMs = REQUEST_TIMEOUT_MS, retries = RETRIES } = options
  return new Kafka({
    clientId,
    brokers,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: { retries, initialRetryTime: RETRY_INITIAL_MS, maxRetryTime: RETRY_MAX_MS },
    logLevel: options.onLog ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => (entry) => forward(entry, options.onLog),
    socketFactory: options.socketFactory ?? openSocket,
  })
}

/**
 * Opens a connection to a broker as the library itself would, but for small requests that go at
 * once: with Nagle's algorithm a second one waits for the acknowledgement of the first.
 */
export const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ host, port, servername: host, ...ssl }, onConnect)
    : connect({ host, port }, onConnect)
  return socket
    .setNoDelay(true)
    .setKeepAlive(true, KEEP_ALIVE_MS)
    .setMaxListeners(SOCKET_LISTENERS_MAX)
}

function forward({ namespace, level, log }: LogEntry, onLog: KafkaOptions['onLog']): void {
  const { message, timestamp: _timestamp, logger: _logger, ...facts } = log
  onLog?.(levelNames[level], `${namespace}: ${message}`, facts)
}
