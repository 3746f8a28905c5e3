import { UserError } from '../user-error.ts'

const BUGS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])
const DENIALS = new Set(['GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED'])

/** A mistake of ours, not something that is away. */
export function isBug(error: unknown): boolean {
  return error instanceof Error && BUGS.has(error.name)
}

/** A codec that the library does not have: every new client would die of the same batch. */
export function isUnreadable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'KafkaJSNotImplemented' || isUnreadable(error.cause)
}

/** A denial will not pass; whatever else a client dies of, a new one may survive. */
export function isFatal(error: unknown): boolean {
  if (error instanceof UserError) return true
  if (!(error instanceof Error)) return false
  const { type, cause } = error as Error & { type?: unknown }
  if (typeof type === 'string' && DENIALS.has(type)) return true
  return cause !== undefined && cause !== error && isFatal(cause)
}
