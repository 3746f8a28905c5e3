import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatEntry, isTornLine, type LedgerEntry, parseEntry } from './ledger-format.ts'
import { sampleOrder } from './ledger.samples.ts'

const order = sampleOrder(1)
const { orderId } = order
const entries: LedgerEntry[] = [
  { kind: 'run', at: '2026-01-01T00:00:00Z', runId: 'r', clusterId: 'c', topic: 't', seed: 7 },
  { kind: 'run', at: '2026-01-01T00:00:00Z', runId: 'r', clusterId: 'c', topic: 't', seed: null },
  { kind: 'tried', runId: 'r', index: 0, order },
  { kind: 'tried', runId: 'r', index: null, order },
  { kind: 'acknowledged', orderId, partition: 4, offset: '9223372036854775807' },
  { kind: 'refused', orderId, reason: 'too large\nby far' },
  { kind: 'unknown', orderId, reason: '' },
]

describe('a line of the ledger', () => {
  it.each(entries)('gives back the entry that was written: $kind', (entry) => {
    const line = formatEntry(entry)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseEntry(line)).toEqual({ entry })
  })

  it('is the JSON of the entry, whatever its texts hold', () => {
    const text = fc.string({ unit: 'binary' })
    const anyOrder = fc.record({
      orderId: text,
      customerId: text,
      customerName: text,
      customerEmail: text,
      items: fc.array(
        fc.record({
          sku: text,
          name: text,
          quantity: fc.nat(),
          unitPriceCents: fc.maxSafeInteger(),
        }),
      ),
      currency: text,
      totalCents: fc.maxSafeInteger(),
      placedAt: fc.maxSafeInteger(),
    })
    const index = fc.option(fc.nat())
    fc.assert(
      fc.property(anyOrder, text, index, (order, runId, index) => {
        const tried = { kind: 'tried', runId, index, order } as const
        expect(formatEntry(tried)).toBe(`${JSON.stringify(tried)}\n`)
        const acknowledged = { kind: 'acknowledged', orderId: runId, partition: 3, offset: '7' }
        const line = formatEntry(acknowledged as LedgerEntry)
        expect(line).toBe(`${JSON.stringify(acknowledged)}\n`)
      }),
    )
  })

  it('is that of this order, also when a customer or a product has changed', () => {
    for (const name of ['one', 'another "name"', 'one']) {
      const items = [{ sku: 'S', name, quantity: 2, unitPriceCents: name.length }]
      const changed = { ...order, customerName: name, customerEmail: `${name}@x.org`, items }
      const entry = { kind: 'tried', runId: 'r', index: 0, order: changed } as const
      expect(formatEntry(entry)).toBe(`${JSON.stringify(entry)}\n`)
    }
  })

  it.each(entries)('is known as torn wherever it is cut: $kind', (entry) => {
    const line = formatEntry(entry)
    for (let length = 0; length < line.length - 1; length += 1) {
      expect(parseEntry(line.slice(0, length))).toHaveProperty('problem')
      expect(isTornLine(line.slice(0, length))).toBe(true)
      expect(isTornLine(`${line.slice(0, length)}\0\0`)).toBe(true)
    }
  })

  it.each(entries)('is refused where a field is missing: $kind', (entry) => {
    for (const field of Object.keys(entry)) {
      const line = JSON.stringify({ ...entry, [field]: undefined })
      expect(parseEntry(line), field).toHaveProperty('problem')
    }
  })

  it.each([
    ['not JSON at all', 'hello', 'is not JSON'],
    ['a number', '7', 'is not an entry'],
    ['null', 'null', 'is not an entry'],
    ['a kind that is not known', '{"kind":"toString"}', 'is of no known kind: toString'],
    ['a negative partition', `{"kind":"acknowledged","orderId":"1","partition":-1}`, 'partition'],
    ['an offset that is a number', formatEntry(at(4)).replace(/"(\d{19})"/, '$1'), 'offset'],
    ['an order that is not valid', formatEntry(at(2)).replace('300', '301'), 'totalCents is 301'],
  ])('says what is wrong with %s', (_what, line, problem) => {
    expect(parseEntry(line)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('reads an entry with a field that a newer producer added', () => {
    expect(parseEntry('{"kind":"refused","orderId":"1","reason":"r","new":1}')).toHaveProperty(
      'entry',
    )
  })

  it('never takes the text of another program for a torn line', () => {
    for (const text of ['hello', '{"a"', '[', '{"kind": "tried"']) {
      expect(isTornLine(text)).toBe(false)
    }
  })
})

function at(index: number): LedgerEntry {
  const entry = entries[index]
  if (entry === undefined) throw new RangeError(`no entry ${index}`)
  return entry
}
