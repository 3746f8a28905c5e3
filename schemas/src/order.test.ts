import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CENTS_MAX, checkOrder, keepsRules, type Order, ORDER_LINES_MAX, totalOf } from './order.ts'
import { orders } from './order.arbitrary.ts'

const valid: Order = {
  orderId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  customerId: 'C-7f3a9c',
  customerName: 'Zoë Müller',
  customerEmail: 'zoe.mueller@example.com',
  items: [
    { sku: 'CHAIR-1', name: 'Wooden chair', quantity: 2, unitPriceCents: 100 },
    { sku: 'LAMP-1', name: 'Lamp', quantity: 1, unitPriceCents: 100 },
  ],
  currency: 'EUR',
  totalCents: 300,
  placedAt: Date.UTC(2026, 0, 1),
}

function problemsOf(value: unknown): string[] {
  const check = checkOrder(value)
  return 'problems' in check ? check.problems : []
}

function withLine(change: object): object {
  return { ...valid, items: [{ ...valid.items[0], ...change }, valid.items[1]] }
}

describe('checkOrder', () => {
  it('passes every order that keeps the rules', () => {
    fc.assert(fc.property(orders(), (order) => problemsOf(order).length === 0))
  })

  it('hands back the same order', () => {
    expect(checkOrder(valid)).toEqual({ order: valid })
  })

  it.each<[string, object, string]>([
    ['an id that is no UUID', { orderId: '17' }, 'orderId must be a UUID in lower case, is "17"'],
    ['a UUID in capitals', { orderId: valid.orderId.toUpperCase() }, 'orderId must be a UUID'],
    ['an empty text', { customerId: '' }, 'customerId must not be empty, is ""'],
    ['a long id', { customerId: 'x'.repeat(65) }, 'customerId must be at most 64 characters'],
    ['a long name', { customerName: 'x'.repeat(201) }, 'customerName must be at most 200'],
    ['a long email', { customerEmail: 'x'.repeat(255) }, 'customerEmail must be at most 254'],
    ['a text that is a number', { customerName: 7 }, 'customerName must be text, is 7'],
    ['invalid UTF-8, decoded', { customerName: 'Zo\uFFFD' }, 'customerName must not hold broken'],
    ['half a surrogate pair', { customerName: 'Zo\uD83D' }, 'customerName must not hold broken'],
    ['no lines', { items: [], totalCents: 0 }, 'items must be a list of 1 to 100 lines, is a list'],
    ['lines that are no list', { items: {} }, 'items must be a list of 1 to 100 lines'],
    ['a currency in small letters', { currency: 'eur' }, 'currency must be three capital letters'],
    ['a long currency', { currency: 'EURO' }, 'currency must be three capital letters'],
    ['a wrong total', { totalCents: 100 }, 'totalCents is 100, but its lines add up to 300'],
    ['a total below zero', { totalCents: -1 }, 'totalCents must be a whole number of cents'],
    ['a broken cent', { totalCents: 300.5 }, 'totalCents must be a whole number of cents'],
    ['a total that is text', { totalCents: '300' }, 'totalCents must be a whole number of cents'],
    [
      'a time before 2000',
      { placedAt: Date.UTC(1999, 11, 31) },
      'placedAt must be a time in whole',
    ],
    ['a time in 2100', { placedAt: Date.UTC(2100, 0, 1) }, 'placedAt must be a time in whole ms'],
    ['a time in broken ms', { placedAt: valid.placedAt + 0.5 }, 'placedAt must be a time in whole'],
    ['a time in seconds', { placedAt: valid.placedAt / 1000 }, 'placedAt must be a time in whole'],
    ['an unknown field', { colour: 'red' }, 'the order has fields that are not known: colour'],
  ])('names %s', (_what, change, problem) => {
    expect(problemsOf({ ...valid, ...change }).join('\n')).toContain(problem)
  })

  it.each<[string, object, string]>([
    ['an empty sku', { sku: '' }, 'items[0].sku must not be empty'],
    ['an empty product name', { name: '' }, 'items[0].name must not be empty'],
    ['broken text', { name: '\uFFFD' }, 'items[0].name must not hold broken characters'],
    ['no piece', { quantity: 0 }, 'items[0].quantity must be a whole number from 1 to 10000, is 0'],
    ['too many pieces', { quantity: 10_001 }, 'items[0].quantity must be a whole number'],
    ['half a piece', { quantity: 1.5 }, 'items[0].quantity must be a whole number'],
    ['a price below zero', { unitPriceCents: -1 }, 'items[0].unitPriceCents must be a whole'],
    ['a price too large to count', { unitPriceCents: CENTS_MAX + 1 }, 'items[0].unitPriceCents'],
    ['a price that is not finite', { unitPriceCents: Infinity }, 'items[0].unitPriceCents must be'],
    ['an unknown field', { size: 'L' }, 'items[0] has fields that are not known: size'],
  ])('names %s in a line', (_what, change, problem) => {
    expect(problemsOf(withLine(change)).join('\n')).toContain(problem)
  })

  it('names each field that is missing, in the order and in its lines', () => {
    for (const field of Object.keys(valid)) {
      expect(problemsOf({ ...valid, [field]: undefined })).toContain(`${field} is missing`)
    }
    for (const field of Object.keys(valid.items[0] ?? {})) {
      expect(problemsOf(withLine({ [field]: undefined }))).toContain(`items[0].${field} is missing`)
    }
  })

  it('names all problems of an order at once', () => {
    expect(problemsOf({ ...valid, customerId: '', currency: 'x', totalCents: 1 })).toHaveLength(3)
  })

  it('tells at most twenty problems and counts the rest', () => {
    const items = Array.from({ length: 30 }, () => 'no line')
    const problems = problemsOf({ ...valid, items })
    expect(problems).toHaveLength(21)
    expect(problems.at(-1)).toBe('and 10 more')
  })

  it('refuses a hundred and one lines and takes a hundred', () => {
    const line = { sku: 'A', name: 'B', quantity: 1, unitPriceCents: 1 }
    const lines = (length: number) => ({ ...valid, items: Array(length).fill(line) })
    const hundred = lines(ORDER_LINES_MAX)
    expect(problemsOf({ ...hundred, totalCents: ORDER_LINES_MAX })).toEqual([])
    const more = lines(ORDER_LINES_MAX + 1)
    expect(problemsOf({ ...more, totalCents: ORDER_LINES_MAX + 1 })).toHaveLength(1)
  })

  it('never lets a sum pass that is too large to be exact', () => {
    const items = [{ sku: 'A', name: 'B', quantity: 10_000, unitPriceCents: CENTS_MAX }]
    expect(problemsOf({ ...valid, items, totalCents: totalOf(items) })).not.toEqual([])
  })

  it('finds any field that is swapped for a value of another kind', () => {
    const strange = fc.oneof(fc.constant(null), fc.boolean(), fc.constant({}), fc.constant(NaN))
    const change = fc.tuple(fc.constantFrom(...Object.keys(valid)), strange)
    fc.assert(
      fc.property(orders(), change, (order, [field, value]) =>
        problemsOf({ ...order, [field]: value }).some((problem) => problem.startsWith(field)),
      ),
    )
  })

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => problemsOf(value).length > 0))
    expect(problemsOf(null)).toEqual(['the order must be an object, is null'])
  })
})

describe('keepsRules', () => {
  const text = fc.oneof(
    fc.constantFrom('', 'x', 'EUR', 'eur', valid.orderId, valid.orderId.toUpperCase(), '\uFFFD'),
    fc.integer({ min: 60, max: 260 }).map((length) => 'x'.repeat(length)),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constant('half a pair \uD800'),
  )
  const number = fc.oneof(
    fc.constantFrom(
      -1,
      0,
      1,
      10_000,
      10_001,
      CENTS_MAX,
      CENTS_MAX + 1,
      2 ** 53,
      0.5,
      NaN,
      Infinity,
    ),
    fc.constantFrom(Date.UTC(2000, 0, 1), Date.UTC(2000, 0, 1) - 1, Date.UTC(2100, 0, 1)),
    fc.maxSafeInteger(),
  )
  const change = fc.oneof(
    fc.record({
      field: fc.constantFrom('orderId', 'customerId', 'customerName', 'customerEmail', 'currency'),
      value: text,
    }),
    fc.record({ field: fc.constantFrom('totalCents', 'placedAt'), value: number }),
    fc.record({
      field: fc.constant('items'),
      value: fc.oneof(
        fc.constantFrom([], Array(ORDER_LINES_MAX + 1).fill(valid.items[0])),
        fc.array(fc.record({ sku: text, name: text, quantity: number, unitPriceCents: number }), {
          maxLength: 3,
        }),
      ),
    }),
  )

  it('says what checkOrder says, whatever is in the fields', () => {
    fc.assert(
      fc.property(
        orders(),
        fc.array(change, { maxLength: 2 }),
        fc.boolean(),
        (order, changes, fit) => {
          const changed = changes.reduce(
            (all, { field, value }) => ({ ...all, [field]: value }),
            order,
          )
          if (fit) changed.totalCents = totalOf(changed.items)
          expect(keepsRules(changed)).toBe('order' in checkOrder(changed))
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
