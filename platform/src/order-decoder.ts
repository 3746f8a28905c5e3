import { checkOrder, keepsRules, type Order } from '@orders/schemas/order'
import { orderType } from '@orders/schemas/order-avro'
import avsc from 'avsc'
import { HEADER_BYTES, MAGIC_BYTE } from './order-encoder.ts'
import { compileBoundsCheck } from './avro-bounds.ts'
import type { IncomingMessage } from './kafka/delivery.ts'
import type { Registry } from './schema-registry.ts'
import { describeError } from './user-error.ts'

/** Why a message is no order, for machines; the sentence for people goes beside it. */
export type BadReason =
  | 'no-value'
  | 'not-avro'
  | 'unknown-schema'
  | 'wrong-schema'
  | 'undecodable'
  | 'invalid-order'
  | 'wrong-key'

/** What a message turned out to be. */
export type Verdict =
  { kind: 'order'; order: Order } | { kind: 'bad'; reason: BadReason; detail: string }

/** Turns the payload of one writer's schema into a value of our schema, or throws. */
type ReadPayload = (payload: Buffer) => unknown

const READERS_MAX = 1_000

/**
 * Judges messages. Whatever is wrong with the bytes is a verdict; only a registry that is away
 * throws, because that says nothing about the message.
 */
export class OrderDecoder {
  readonly #registry: Registry
  /** By schema id; null when that schema cannot be read as an order. */
  readonly #readers = new Map<number, ReadPayload | { wrong: string }>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Judges one message; asks the registry only for a schema id it has not seen. */
  async judge(message: IncomingMessage): Promise<Verdict> {
    const known = this.judgeKnown(message)
    if (known !== null) return known
    const header = readHeader(message.value)
    if ('kind' in header) return header
    const reader = await this.#fetchReader(header.schemaId)
    if (reader === null) return bad('unknown-schema', `the registry has no id ${header.schemaId}`)
    return judgeBy(reader, header, message.key)
  }

  /** The same at once, without a promise for every message; null when the registry must be asked. */
  judgeKnown({ key, value }: IncomingMessage): Verdict | null {
    const header = readHeader(value)
    if ('kind' in header) return header
    const reader = this.#readers.get(header.schemaId)
    return reader === undefined ? null : judgeBy(reader, header, key)
  }

  async #fetchReader(schemaId: number): Promise<ReadPayload | { wrong: string } | null> {
    const answer = await this.#registry.fetchSchema(schemaId)
    if (answer === 'unknown') return null
    const reader = 'schema' in answer ? compileReader(answer.schema) : { wrong: answer.unusable }
    if (this.#readers.size >= READERS_MAX) this.#readers.clear()
    this.#readers.set(schemaId, reader)
    return reader
  }
}

interface Header {
  schemaId: number
  payload: Buffer
}

function readHeader(value: Buffer | null): Header | Verdict {
  if (value === null) return bad('no-value', 'the message has no value')
  if (value.length < HEADER_BYTES) {
    return bad('not-avro', `${value.length} bytes are too few for a schema id`)
  }
  if (value[0] !== MAGIC_BYTE) {
    return bad('not-avro', `it begins with byte ${value[0]} instead of ${MAGIC_BYTE}`)
  }
  const schemaId = value.readInt32BE(1)
  if (schemaId < 1) return bad('unknown-schema', `${schemaId} cannot be a schema id`)
  return { schemaId, payload: value.subarray(HEADER_BYTES) }
}

function judgeBy(
  reader: ReadPayload | { wrong: string },
  { schemaId, payload }: Header,
  key: Buffer | null,
): Verdict {
  if ('wrong' in reader) return bad('wrong-schema', `id ${schemaId}: ${reader.wrong}`)
  return judgePayload(reader, payload, key)
}

/** Compiles the way from a writer's schema to ours once: per message it would cost 100 times more. */
function compileReader(schemaText: string): ReadPayload | { wrong: string } {
  try {
    const writer = avsc.Type.forSchema(JSON.parse(schemaText))
    const resolver = orderType.createResolver(writer)
    const checkBounds = compileBoundsCheck(writer)
    return (payload) => {
      checkBounds(payload)
      return orderType.fromBuffer(payload, resolver)
    }
  } catch (error) {
    return { wrong: describeError(error) }
  }
}

function judgePayload(read: ReadPayload, payload: Buffer, key: Buffer | null): Verdict {
  let value: unknown
  try {
    value = read(payload)
  } catch (error) {
    return bad('undecodable', describeError(error))
  }
  // The reader gives exactly the fields of our schema; what is left are the rules of their values.
  const order = value as Order
  if (!keepsRules(order)) {
    const checked = checkOrder(value)
    if ('problems' in checked) return bad('invalid-order', checked.problems.join('; '))
  }
  if (key === null || !key.equals(Buffer.from(order.customerId))) {
    return bad('wrong-key', `the key ${shown(key)} is not the customerId ${order.customerId}`)
  }
  return { kind: 'order', order }
}

const SHOWN_MAX = 60

function shown(key: Buffer | null): string {
  if (key === null) return 'null'
  return JSON.stringify(key.toString('utf8').slice(0, SHOWN_MAX))
}

function bad(reason: BadReason, detail: string): Verdict {
  return { kind: 'bad', reason, detail }
}
