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
const REGISTER_TRIES = 3

/** The code with which a registry says «there is no schema of this id». */
const SCHEMA_NOT_FOUND = 40403
const OK = 200
const NOT_FOUND = 404
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
    try {
      return await this.#registerBesideOthers(subject, schema)
    } catch (error) {
      if (error instanceof UserError || error instanceof RegistryAway) throw error
      const status = statusOf(error)
      if (status !== CONFLICT && status !== UNPROCESSABLE) throw away(error)
      throw new UserError(
        `the schema does not fit subject ${subject}: ${nameFields(describeError(error), schema)}. ` +
          'Nothing was sent. schemas/order.avsc has to read what is on the topic already: give a new field a default',
        { cause: error },
      )
    }
  }

  /**
   * Producers that begin at the same moment are in each other's way: one is told that the setting of
   * the subject is there already, another sees the subject before it has one.
   */
  async #registerBesideOthers(subject: string, schema: string): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#registerOnce(subject, schema)
      } catch (error) {
        const isCrossed = statusOf(error) === CONFLICT || isMismatch(error)
        if (!isCrossed || tries === REGISTER_TRIES) throw error
      }
    }
  }

  async #registerOnce(subject: string, schema: string): Promise<number> {
    await this.#settleCompatibility(subject)
    const call = this.#client.register(
      { type: SchemaType.AVRO, schema },
      { subject, compatibility: BACKWARD },
    )
    const { id } = await limit(call)
    return id
  }

  /**
   * A subject that has no setting of its own is called NONE by Apicurio, and the registry's client
   * then would not register. Another setting is somebody's will, and not ours to change.
   */
  async #settleCompatibility(subject: string): Promise<void> {
    const path = `/config/${encodeURIComponent(subject)}`
    const { status, body } = await this.#ask(path)
    if (status === NOT_FOUND) return
    const { compatibilityLevel: level } = Object(body) as Record<string, unknown>
    if (status !== OK || typeof level !== 'string') throw unexpected(status, body)
    if (level === BACKWARD) return
    if (level !== 'NONE') {
      throw new UserError(
        `subject ${subject} has compatibility ${level} instead of BACKWARD; nothing was sent. ` +
          `Set it at ${this.#url}${path}, or use another KAFKA_TOPIC`,
      )
    }
    const answer = await this.#setBackward(path)
    // Two producers may begin at the same moment: the second then changes what the first has made.
    const { status: settled, body: said } =
      answer.status === CONFLICT ? await this.#setBackward(path) : answer
    if (settled !== OK) throw unexpected(settled, said)
  }

  #setBackward(path: string): Promise<{ status: number; body: unknown }> {
    return this.#ask(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: BACKWARD }),
    })
  }

  /**
   * Fetches a schema by its id. Without the registry's client: that reports a registry that is
   * down as HTTP 400 and any 404, a proxy's too, as an unknown schema, and has no time limit. Good
   * orders would go to the dead letters. Throws `RegistryAway`.
   */
  async fetchSchema(id: number): Promise<SchemaAnswer> {
    const askedAt = this.#unknown.get(id)
    if (askedAt !== undefined && Date.now() - askedAt < UNKNOWN_SCHEMA_TTL_MS) return 'unknown'
    const answer = readAnswer(await this.#ask(`/schemas/ids/${id}`))
    if (answer === 'unknown') this.#remember(id)
    return answer
  }

  async #ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    try {
      const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
      const answer = await fetch(`${this.#url}${path}`, { ...init, signal })
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
  if (status === NOT_FOUND && error_code === SCHEMA_NOT_FOUND) return 'unknown'
  if (status !== OK || typeof schema !== 'string') throw unexpected(status, body)
  if (schemaType === undefined || schemaType === 'AVRO') return { schema }
  return { unusable: `its schema is of type ${JSON.stringify(schemaType)}` }
}

function unexpected(status: number, body: unknown): RegistryAway {
  const text = JSON.stringify(body).slice(0, DETAIL_LENGTH_MAX)
  return new RegistryAway(`it answered ${status}: ${text}`)
}

/** The registry says where a schema differs by numbers, `/fields/6/type`: adds the field's name. */
function nameFields(text: string, schema: string): string {
  return text.replace(/(?:\/\w+)*\/fields\/\d+(?:\/\w+)*/g, (pointer) => {
    const names: unknown[] = []
    let at: unknown = JSON.parse(schema)
    let isField = false
    for (const step of pointer.split('/').slice(1)) {
      at = (Object(at) as Record<string, unknown>)[step]
      if (isField) names.push((Object(at) as Record<string, unknown>)['name'])
      isField = step === 'fields'
    }
    return `${pointer} (${names.join('.')})`
  })
}

function away(error: unknown): RegistryAway {
  return new RegistryAway(describeError(error), { cause: error })
}

/** The client found another compatibility than it was told to expect. */
function isMismatch(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConfluentSchemaRegistryCompatibilityError'
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
