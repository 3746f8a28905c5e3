import { createHash } from 'node:crypto'
import type { Claim, DeadLetterClaims, Place } from './dead-letter-claims.ts'
import type { IncomingMessage, MessageHeaders } from './kafka/delivery.ts'
import { findRecord } from './kafka/find-record.ts'
import type { KafkaOptions } from './kafka/client.ts'
import type { PartitionSender } from './kafka/sender.ts'
import type { BadReason } from './order-decoder.ts'

/** A message that is no order, and why. */
export interface BadMessage {
  partition: number
  message: IncomingMessage
  reason: BadReason
  detail: string
}

/** What the dead letters of a group need to know. */
export interface DeadLettersOptions {
  kafka: KafkaOptions
  topic: string
  dlqTopic: string
  dlqPartitions: number
  groupId: string
}

const DETAIL_LENGTH_MAX = 1_000
/** Clocks of brokers and Redis may differ; a search begins that much before the claim. */
const CLOCK_MARGIN_MS = 60_000

/** Puts bad messages on the dead-letter topic: same key, same bytes, once. */
export class DeadLetters {
  readonly #options: DeadLettersOptions
  readonly #sender: PartitionSender
  readonly #claims: DeadLetterClaims

  constructor(options: DeadLettersOptions, sender: PartitionSender, claims: DeadLetterClaims) {
    this.#options = options
    this.#sender = sender
    this.#claims = claims
  }

  /**
   * Makes one try to get a message to the dead letters; false while another member is at it.
   * Throws when Kafka or Redis is away; then it is to be tried again, and a search on the topic
   * tells whether the earlier try has arrived.
   */
  async put(bad: BadMessage, now: Date): Promise<boolean> {
    const place = this.#placeOf(bad)
    const claim = await this.#claims.claim(place, {
      reason: bad.reason,
      detail: bad.detail.slice(0, DETAIL_LENGTH_MAX),
      group: this.#options.groupId,
      at: now.toISOString(),
    })
    if (claim === 'done') return true
    if (claim === 'busy') return false
    const target = bad.partition % this.#options.dlqPartitions
    const offset =
      (await this.#findEarlier(claim, place, target)) ?? (await this.#send(bad, target, now))
    await this.#claims.settle(place, target, offset)
    return true
  }

  #placeOf({ partition, message }: BadMessage): Place {
    const { topic } = this.#options
    return { topic, partition, offset: message.offset, mark: markOf(message) }
  }

  async #findEarlier(claim: Claim, place: Place, target: number): Promise<bigint | null> {
    if (claim !== 'doubtful') return null
    const since = (await this.#claims.claimedAt(place)) - CLOCK_MARGIN_MS
    return findRecord(this.#options.kafka, {
      topic: this.#options.dlqTopic,
      partition: target,
      sinceMs: Math.max(since, 0),
      matches: (headers) => isAbout(headers, place),
    })
  }

  #send(bad: BadMessage, target: number, now: Date): Promise<bigint> {
    const { key, value, headers } = bad.message
    const added = describeBad(bad, this.#options, now)
    return this.#sender.send(this.#options.dlqTopic, target, [
      { key, value, headers: { ...sendableHeaders(headers), ...added } },
    ])
  }
}

/** What tells a message from another one at the same place: its time and its bytes. */
export function markOf({ timestamp, key, value }: IncomingMessage): string {
  const hash = createHash('sha256')
  for (const part of [key, value]) hash.update(`${part?.length ?? -1}:`).update(part ?? '')
  return `${timestamp}:${hash.digest('base64url')}`
}

/** The headers of a dead letter, beside those that the message had. */
export function describeBad(
  { partition, message, reason, detail }: BadMessage,
  { topic, groupId }: Pick<DeadLettersOptions, 'topic' | 'groupId'>,
  now: Date,
): Record<string, string> {
  return {
    'dlq.reason': reason,
    'dlq.detail': detail.slice(0, DETAIL_LENGTH_MAX),
    'dlq.topic': topic,
    'dlq.partition': String(partition),
    'dlq.offset': String(message.offset),
    'dlq.group': groupId,
    'dlq.time': now.toISOString(),
    'dlq.timestamp': String(message.timestamp),
  }
}

/** The client library hands out a header without a value, but throws at sending one: made empty. */
function sendableHeaders(headers: MessageHeaders): MessageHeaders {
  const sendable = <T>(value: T): T | Buffer => value ?? Buffer.alloc(0)
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(sendable) : sendable(value),
    ]),
  )
}

function isAbout(headers: MessageHeaders, { topic, partition, offset, mark }: Place): boolean {
  return (
    mark.startsWith(`${String(headers['dlq.timestamp'])}:`) &&
    String(headers['dlq.topic']) === topic &&
    String(headers['dlq.partition']) === String(partition) &&
    String(headers['dlq.offset']) === String(offset)
  )
}
