import type { OrderFields } from './order-digest.ts'

/** What a value has to be; the sentence follows the name of the field. */
interface Rule {
  is: (value: unknown) => boolean
  must: string
}

const ID_LENGTH_MAX = 64
const NAME_LENGTH_MAX = 200
const EMAIL_LENGTH_MAX = 254
const LINES_MAX = 100
const QUANTITY_MAX = 10_000
const CENTS_MAX = 2 ** 53 - 2
const PLACED_AT_FIRST = Date.UTC(2000, 0, 1)
const PLACED_AT_LAST = Date.UTC(2100, 0, 1) - 1

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const CURRENCY = /^[A-Z]{3}$/
/** What broken UTF-8 has become, and half a pair of UTF-16. */
const BROKEN = /\uFFFD|\p{Surrogate}/u

const ORDER_RULES: Record<string, Rule> = {
  orderId: pattern(UUID, 'a UUID in lower case'),
  customerId: text(ID_LENGTH_MAX),
  customerName: text(NAME_LENGTH_MAX),
  customerEmail: text(EMAIL_LENGTH_MAX),
  items: {
    is: (value) => Array.isArray(value) && value.length >= 1 && value.length <= LINES_MAX,
    must: `a list of 1 to ${LINES_MAX} lines`,
  },
  currency: pattern(CURRENCY, 'three capital letters'),
  totalCents: whole(0, CENTS_MAX),
  placedAt: whole(PLACED_AT_FIRST, PLACED_AT_LAST),
}

const LINE_RULES: Record<string, Rule> = {
  sku: text(ID_LENGTH_MAX),
  name: text(NAME_LENGTH_MAX),
  quantity: whole(1, QUANTITY_MAX),
  unitPriceCents: whole(0, CENTS_MAX),
}

/** Holds a value against the rules of an order: the first broken one in a sentence, or null. */
export function findOrderProblem(value: unknown): string | null {
  const problem = findFieldProblem(value, ORDER_RULES, 'the order')
  if (problem !== null) return problem
  const { items, totalCents } = value as { items: unknown[]; totalCents: number }
  for (const [index, line] of items.entries()) {
    const lineProblem = findFieldProblem(line, LINE_RULES, `line ${index}`)
    if (lineProblem !== null) return lineProblem
  }
  const sum = items.map(priceOf).reduce((total, price) => total + price, 0)
  return sum === totalCents ? null : `totalCents is ${totalCents}, its lines add up to ${sum}`
}

function findFieldProblem(
  value: unknown,
  rules: Record<string, Rule>,
  what: string,
): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${what} is no record`
  }
  const fields = value as OrderFields
  const broken = Object.entries(rules).find(([name, { is }]) => !is(fields[name]))
  if (broken) return `${broken[0]} of ${what} is not ${broken[1].must}`
  const stranger = Object.keys(fields).find((name) => !Object.hasOwn(rules, name))
  return stranger === undefined ? null : `${what} has a field ${stranger}`
}

function priceOf(line: unknown): number {
  const { quantity, unitPriceCents } = line as { quantity: number; unitPriceCents: number }
  return quantity * unitPriceCents
}

function text(lengthMax: number): Rule {
  return {
    is: (value) =>
      typeof value === 'string' &&
      value.length >= 1 &&
      value.length <= lengthMax &&
      !BROKEN.test(value),
    must: `sound text of 1 to ${lengthMax} characters`,
  }
}

function pattern(wanted: RegExp, must: string): Rule {
  return { is: (value) => typeof value === 'string' && wanted.test(value), must }
}

function whole(min: number, max: number): Rule {
  return {
    is: (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
    must: `a whole number from ${min} to ${max}`,
  }
}
