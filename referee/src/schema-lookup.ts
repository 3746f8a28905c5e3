import { describeError } from '@orders/platform/user-error'
import { CouldNotJudge } from './could-not-judge.ts'
import type { SchemaLookup } from './order-reading.ts'

const CALL_LIMIT_MS = 10_000
const TRIES = 3
const OK = 200
const NOT_FOUND = 404
/** By this a registry says that it has no such schema; any other 404 is somebody else's. */
const NO_SUCH_SCHEMA = 40403

/** Asks the registry itself. */
export function lookUpAt(registryUrl: string): SchemaLookup {
  return async (id) => {
    const { status, body } = await ask(`${registryUrl}/schemas/ids/${id}`)
    const { error_code, schema, schemaType } = Object(body) as Record<string, unknown>
    if (status === NOT_FOUND && error_code === NO_SUCH_SCHEMA) return 'unknown'
    if (status !== OK || typeof schema !== 'string') {
      throw new CouldNotJudge(`the registry at ${registryUrl} answered ${status} for id ${id}`)
    }
    if (schemaType === undefined || schemaType === 'AVRO') return { schema }
    return { unusable: `it is of type ${JSON.stringify(schemaType)}` }
  }
}

async function ask(url: string): Promise<{ status: number; body: unknown }> {
  let last: unknown
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(CALL_LIMIT_MS) })
      return { status: answer.status, body: await answer.json() }
    } catch (error) {
      last = error
    }
  }
  throw new CouldNotJudge(`the registry does not answer at ${url}: ${describeError(last)}`)
}
