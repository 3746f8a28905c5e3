import { readFileSync } from 'node:fs'
import { describeError } from '@orders/platform/user-error'
import { compileAvroReader } from './avro.ts'
import type { OrderContent } from './evidence.ts'
import { contentOf, type OrderFields } from './order-digest.ts'
import { findOrderProblem } from './order-rules.ts'

/** What a registry has under an id: the text of an Avro schema, something else, or nothing. */
export type SchemaLookup = (
  id: number,
) => Promise<{ schema: string } | { unusable: string } | 'unknown'>

/** What a message is: an order, or why it is none. */
export type Reading = { order: OrderContent } | { bad: string }

type Payload = ((payload: Buffer) => unknown) | { wrong: string }

const MAGIC_BYTE = 0
const HEADER_BYTES = 5
/** Messages may name any number of ids. */
const SCHEMAS_MAX = 10_000

const READER_SCHEMA: unknown = JSON.parse(
  readFileSync(new URL('../../schemas/order.avsc', import.meta.url), 'utf8'),
)

/** Reads messages as orders. A registry that is away throws: it says nothing about a message. */
export class OrderReader {
  readonly #lookUp: SchemaLookup
  readonly #payloads = new Map<number, Payload>()

  constructor(lookUp: SchemaLookup) {
    this.#lookUp = lookUp
  }

  /** Reads one message. */
  async read(key: Buffer | null, value: Buffer | null): Promise<Reading> {
    if (value === null) return { bad: 'it has no value' }
    if (value.length < HEADER_BYTES) return { bad: `${value.length} bytes hold no schema id` }
    if (value[0] !== MAGIC_BYTE) return { bad: `its first byte is ${value[0]}` }
    const id = value.readInt32BE(1)
    if (id < 1) return { bad: `${id} is no schema id` }
    const payload = this.#payloads.get(id) ?? (await this.#compile(id))
    if ('wrong' in payload) return { bad: `schema ${id}: ${payload.wrong}` }
    return readPayload(payload, value.subarray(HEADER_BYTES), key)
  }

  async #compile(id: number): Promise<Payload> {
    const answer = await this.#lookUp(id)
    const payload = compilePayload(answer)
    if (this.#payloads.size >= SCHEMAS_MAX) this.#payloads.clear()
    this.#payloads.set(id, payload)
    return payload
  }
}

function compilePayload(answer: Awaited<ReturnType<SchemaLookup>>): Payload {
  if (answer === 'unknown') return { wrong: 'the registry does not have it' }
  if ('unusable' in answer) return { wrong: answer.unusable }
  try {
    return compileAvroReader(JSON.parse(answer.schema), READER_SCHEMA)
  } catch (error) {
    return { wrong: describeError(error) }
  }
}

function readPayload(
  read: (payload: Buffer) => unknown,
  payload: Buffer,
  key: Buffer | null,
): Reading {
  let value: unknown
  try {
    value = read(payload)
  } catch (error) {
    return { bad: describeError(error) }
  }
  const problem = findOrderProblem(value)
  if (problem !== null) return { bad: problem }
  const order = contentOf(value as OrderFields)
  if (key === null || !key.equals(Buffer.from(order.customerId))) {
    return { bad: 'its key is not its customer' }
  }
  return { order }
}
