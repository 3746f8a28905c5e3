/** A problem shows at most so many characters of the value that it is about. */
const SHOWN_LENGTH_MAX = 60

/**
 * Says in one sentence what is wrong at a place in a value, such as
 * `items[0].quantity must be a whole number, is "3"`.
 */
export function problemSentence(
  value: unknown,
  path: readonly PropertyKey[],
  message: string,
): string {
  const found = valueAt(value, path)
  if (found === undefined && path.length > 0) return `${nameOf(path)} is missing`
  // A message that begins with "must" is about the value, so the value belongs to the sentence.
  const shown = message.startsWith('must') ? `, is ${show(found)}` : ''
  return `${nameOf(path)} ${message}${shown}`
}

function nameOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the order'
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  )
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  if (value.length <= SHOWN_LENGTH_MAX) return JSON.stringify(value)
  return `${JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX))}… (${value.length} characters)`
}
