import type { IHeaders, Message, RecordMetadata } from 'kafkajs'
import { waitAtMost } from '../patience.ts'
import type { PackedRecords } from './packed-records.ts'
import { openSession, type ProducerSession, type SessionOptions } from './producer-session.ts'

/** One record on its way to a partition. */
export interface OutgoingRecord {
  key: Buffer | null
  value: Buffer | null
  headers?: IHeaders
}

/** How long one send may take before its producer counts as silent. */
export interface SenderOptions extends SessionOptions {
  sendTimeoutMs: number
  /** Called whenever a producer is retired, with the reason. */
  onRetired?: (reason: string) => void
}

/**
 * A send did not end with an acknowledgement. `refused`: certainly not on the log. `unknown`: it
 * may be on the log or not, and can still arrive.
 */
export class SendFailed extends Error {
  override name = 'SendFailed'
  readonly outcome: 'refused' | 'unknown'
  /** A broker has looked at the records and said no; to send them again is of no use. */
  readonly byBroker: boolean

  constructor(
    outcome: 'refused' | 'unknown',
    message: string,
    { cause, byBroker = false }: { cause?: unknown; byBroker?: boolean } = {},
  ) {
    super(message, { cause })
    this.outcome = outcome
    this.byBroker = byBroker
  }
}

const CLOSE_TIMEOUT_MS = 2_000

/** Hands a send to a producer. */
type SendThrough = (session: ProducerSession) => Promise<RecordMetadata[]>

/** Protocol errors after which a record is certainly not on the log. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'CORRUPT_MESSAGE',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
])

/**
 * Sends records so that an acknowledgement is the truth. The client library's idempotent producer
 * gives a rolled-back sequence number to the next record after a lost response, which then is
 * acknowledged and never written (measured; see DESIGN, «non-obvious»). Hence: one partition a
 * send, one send under way a partition, the answer checked, and a producer that rejected or fell
 * silent is retired with its connections; the next send goes through a new one.
 */
export class PartitionSender {
  readonly #options: SenderOptions
  readonly #busy = new Set<string>()
  #session: Promise<ProducerSession> | null = null
  #nextBroker = 0
  #closed = false

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /**
   * Sends records to one partition, in this order, and resolves to the offset of the first one
   * when all in-sync replicas have them. Throws `SendFailed`; the caller sends the very same
   * records again before any other of that partition.
   */
  send(topic: string, partition: number, records: OutgoingRecord[]): Promise<bigint> {
    return this.#send(topic, partition, (session) =>
      session.send(
        topic,
        records.map((record) => asMessage(record, partition)),
      ),
    )
  }

  /** The same for records that are packed already; they must not change until it has ended. */
  sendPacked(topic: string, partition: number, records: PackedRecords): Promise<bigint> {
    return this.#send(topic, partition, (session) => session.sendPacked(topic, partition, records))
  }

  async #send(topic: string, partition: number, through: SendThrough): Promise<bigint> {
    const lane = `${topic}/${partition}`
    if (this.#busy.has(lane)) throw new Error(`a send to ${lane} is under way already`)
    this.#busy.add(lane)
    try {
      return await this.#sendThrough(await this.#connect(), topic, partition, through)
    } finally {
      this.#busy.delete(lane)
    }
  }

  /** Ends the current producer; sends still under way end as unknown. */
  async close(): Promise<void> {
    this.#closed = true
    const closed = this.#session?.then(
      (session) => session.close(),
      () => undefined,
    )
    await waitAtMost(CLOSE_TIMEOUT_MS, closed)
  }

  /** Opens a connection ahead of the first send. Throws `SendFailed` when no broker lets us. */
  async connect(): Promise<void> {
    await this.#connect()
  }

  async #connect(): Promise<ProducerSession> {
    if (this.#closed) throw new SendFailed('refused', 'the sender is closed')
    this.#session ??= this.#openNext()
    const opening = this.#session
    try {
      return await opening
    } catch (error) {
      if (this.#session === opening) this.#session = null
      throw new SendFailed('refused', `no connection to Kafka: ${reason(error)}`, { cause: error })
    }
  }

  /**
   * A single bootstrap broker, another one each time: with a list the library starts at the same
   * broker again and again, and a paused one then blocks every new producer (32 s against 3 s).
   */
  #openNext(): Promise<ProducerSession> {
    const { brokers } = this.#options
    const broker = brokers[this.#nextBroker % brokers.length]
    this.#nextBroker += 1
    return openSession({ ...this.#options, brokers: broker === undefined ? [] : [broker] })
  }

  async #sendThrough(
    session: ProducerSession,
    topic: string,
    partition: number,
    through: SendThrough,
  ): Promise<bigint> {
    const ends = new Ends(session, this.#options.sendTimeoutMs)
    try {
      const answer = await Promise.race([through(session), ends.promise])
      return firstOffset(answer, topic, partition)
    } catch (error) {
      this.#retire(session, reason(error))
      throw asFailure(error)
    } finally {
      ends.forget()
    }
  }

  #retire(session: ProducerSession, why: string): void {
    if (session.retired) return
    session.retire()
    this.#session = null
    this.#options.onRetired?.(why)
  }
}

/**
 * Rejects when no answer has come for too long, or the session is over. The library would go on for
 * ten seconds with sends whose connections were cut, and their partitions would stand still so long.
 * With a timer and a listener of its own: signals that abort a sleep cost 0.2 ms a send.
 */
class Ends {
  readonly promise: Promise<never>
  forget: () => void = () => undefined

  constructor({ over }: ProducerSession, sendTimeoutMs: number) {
    this.promise = new Promise((_resolve, reject) => {
      const end = (why: string): void => reject(new SendFailed('unknown', why))
      const onOver = (): void => end('its producer was retired')
      const timer = setTimeout(() => end(`no answer for ${sendTimeoutMs} ms`), sendTimeoutMs)
      over.addEventListener('abort', onOver, { once: true })
      this.forget = () => {
        clearTimeout(timer)
        over.removeEventListener('abort', onOver)
      }
      if (over.aborted) onOver()
    })
    // The answer may come first: then nobody waits for this any more.
    this.promise.catch(() => undefined)
  }
}

/** Field by field, because a copy by spread is slow and there is one for every record. */
function asMessage({ key, value, headers }: OutgoingRecord, partition: number): Message {
  return headers === undefined ? { key, value, partition } : { key, value, headers, partition }
}

function asFailure(error: unknown): SendFailed {
  if (error instanceof SendFailed) return error
  const type = protocolType(error)
  const byBroker = type !== null && REFUSALS.has(type)
  return new SendFailed(byBroker ? 'refused' : 'unknown', reason(error), { cause: error, byBroker })
}

/** An answer for fewer or other partitions than asked for resolves too: then nothing is known. */
function firstOffset(answer: RecordMetadata[], topic: string, partition: number): bigint {
  const [only] = answer
  if (
    answer.length !== 1 ||
    only?.topicName !== topic ||
    only.partition !== partition ||
    only.errorCode !== 0 ||
    only.baseOffset === undefined ||
    BigInt(only.baseOffset) < 0n
  ) {
    throw new SendFailed('unknown', `the answer does not cover ${topic}/${partition}`)
  }
  return BigInt(only.baseOffset)
}

function protocolType(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { type, cause } = error as Error & { type?: unknown }
  return typeof type === 'string' ? type : protocolType(cause)
}

function reason(error: unknown): string {
  const type = protocolType(error)
  const message = error instanceof Error ? error.message : String(error)
  return type === null || message.includes(type) ? message : `${type}: ${message}`
}
