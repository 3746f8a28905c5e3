import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError, describeError } from './user-error.ts'

const CALL_TIMEOUT_MS = 5_000
const RETRIES = 1
const RETRY_FIRST_S = 0.1
const RETRY_MAX_S = 1
const UNKNOWN_SCHEMA_TTL_MS = 30_000
const UNKNOWN_SCHEMAS_MAX = 10_000
const DETAIL_LENGTH_MAX = 500

/** The code with which a registry says «there is no schema of this id». */
const SCHEMA_NOT_FOUND = 40403
const CONFLICT = 409
const UNPROCESSABLE = 422

/** The registry did not answer, or something else answered in its place. */
export class RegistryAway extends Error {
  override name = 'RegistryAway'
}

/** What the registry has under an id. */
export type SchemaAnswer = { schema: string } | { unusable: string } | 'unknown'

/** The schema registry, with a limit on every call. */
export class Registry {
  readonly #url: string
  readonly #client: SchemaRegistry
  /** When an unknown id was asked for: a flood of bad messages must not become one of requests. */
  readonly #unknown = new Map<number, number>()

  constructor(url: string) {
    this.#url = url
    this.#client = new SchemaRegistry({
      host: url,
      retry: {
        retries: RETRIES,
        initialRetryTimeInSecs: RETRY_FIRST_S,
        maxRetryTimeInSecs: RETRY_MAX_S,
        factor: 0.2,
        multiplier: 2,
      },
    })
  }

  /**
   * Registers a schema, compatibility BACKWARD, and returns its id. An incompatible one is a
   * `UserError` that names the subject and what the registry has against it; anything else that
   * goes wrong is `RegistryAway`.
   */
  async register(subject: string, schema: string): Promise<number> {
    const call = this.#client.register(
      { type: SchemaType.AVRO, schema },
      { subject, compatibility: BACKWARD },
    )
    try {
      const { id } = await limit(call)
      return id
    } catch (error) {
      const status = statusOf(error)
      if (status !== CONFLICT && status !== UNPROCESSABLE) throw away(error)
      throw new UserError(
        `the schema does not fit subject ${subject}: ${describeError(error)}. Nothing was sent. ` +
          'schemas/order.avsc has to read what is on the topic already: give a new field a default',
        { cause: error },
      )
    }
  }

  /**
   * Fetches a schema by its id. Without the registry's client: that reports a registry that is
   * down as HTTP 400 and any 404, a proxy's too, as an unknown schema, and has no time limit. Good
   * orders would go to the dead letters. Throws `RegistryAway`.
   */
  async fetchSchema(id: number): Promise<SchemaAnswer> {
    const askedAt = this.#unknown.get(id)
    if (askedAt !== undefined && Date.now() - askedAt < UNKNOWN_SCHEMA_TTL_MS) return 'unknown'
    const answer = readAnswer(await this.#get(`/schemas/ids/${id}`))
    if (answer === 'unknown') this.#remember(id)
    return answer
  }

  async #get(path: string): Promise<{ status: number; body: unknown }> {
    try {
      const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
      const answer = await fetch(`${this.#url}${path}`, { signal })
      return { status: answer.status, body: await answer.json() }
    } catch (error) {
      throw away(error)
    }
  }

  #remember(id: number): void {
    if (this.#unknown.size >= UNKNOWN_SCHEMAS_MAX) this.#unknown.clear()
    this.#unknown.set(id, Date.now())
  }
}

// The client exports this enumeration as a type only.
const BACKWARD = 'BACKWARD' as NonNullable<
  Parameters<SchemaRegistry['register']>[1]
>['compatibility'] as never

function readAnswer({ status, body }: { status: number; body: unknown }): SchemaAnswer {
  const { error_code, schema, schemaType } = Object(body) as Record<string, unknown>
  if (status === 404 && error_code === SCHEMA_NOT_FOUND) return 'unknown'
  if (status !== 200 || typeof schema !== 'string') {
    const text = JSON.stringify(body).slice(0, DETAIL_LENGTH_MAX)
    throw new RegistryAway(`it answered ${status}: ${text}`)
  }
  if (schemaType === undefined || schemaType === 'AVRO') return { schema }
  return { unusable: `its schema is of type ${JSON.stringify(schemaType)}` }
}

function away(error: unknown): RegistryAway {
  return new RegistryAway(describeError(error), { cause: error })
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null
  return typeof error.status === 'number' ? error.status : null
}

/** The client has no limit on a call. */
async function limit<T>(call: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = sleep(CALL_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
    throw new RegistryAway(`no answer within ${CALL_TIMEOUT_MS} ms`)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    timer.abort()
  }
}
