import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs'

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
  socketFactory?: KafkaConfig['socketFactory']
}

export type KafkaClient = Kafka

const CONNECTION_TIMEOUT_MS = 3_000
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
    ...(options.socketFactory ? { socketFactory: options.socketFactory } : {}),
  })
}

function forward({ namespace, level, log }: LogEntry, onLog: KafkaOptions['onLog']): void {
  const { message, timestamp: _timestamp, logger: _logger, ...facts } = log
  onLog?.(levelNames[level], `${namespace}: ${message}`, facts)
}
