/** A failure that a person can mend: its message says what is wrong, where, and what to do. */
export class UserError extends Error {
  override name: string = 'UserError'
}

/** Says what went wrong in one line, down to the first cause. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  const own = error.message || error.name
  if (!(cause instanceof Error) || cause === error || own.includes(cause.message)) return own
  return `${own} (${describeError(cause)})`
}
