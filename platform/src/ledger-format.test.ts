import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BATCH_IDS_MAX,
  expandEntry,
  formatEntry,
  isTornLine,
  LEDGER_LINE_BYTES_MAX,
  parseEntry,
  type WrittenEntry,
} from './ledger-format.ts'
import { sampleOrder } from './ledger.samples.ts'

const order = sampleOrder(1)
const { orderId } = order
const entries: WrittenEntry[] = [
  { kind: 'run', at: '2026-01-01T00:00:00Z', runId: 'r', clusterId: 'c', topic: 't', seed: 7 },
  { kind: 'run', at: '2026-01-01T00:00:00Z', runId: 'r', clusterId: 'c', topic: 't', seed: null },
  { kind: 'tried', runId: 'r', index: 0, order },
  { kind: 'tried', runId: 'r', index: null, order },
  { kind: 'acknowledged', orderId, partition: 4, offset: '9223372036854775807' },
  { kind: 'refused', orderId, reason: 'too large\nby far' },
  { kind: 'unknown', orderId, reason: '' },
  { kind: 'acknowledgedBatch', partition: 3, baseOffset: '1200', orderIds: [orderId, 'ö "2"\n'] },
]

describe('a line of the ledger', () => {
  it.each(entries)('gives back the entry that was written: $kind', (entry) => {
    const line = formatEntry(entry)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseEntry(line)).toEqual({ entry })
  })

  it('is the JSON of the entry, whatever its texts hold', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Zoë', '😀', 'plain'))
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
        const batch = { partition: 3, baseOffset: '7', orderIds: [runId, order.orderId, 'o-3'] }
        const acknowledged = { kind: 'acknowledgedBatch', ...batch } as const
        expect(formatEntry(acknowledged)).toBe(`${JSON.stringify(acknowledged)}\n`)
      }),
    )
  })

  it('has a comma between two lines that are the same object', () => {
    const line = { sku: 'S', name: 'n', quantity: 2, unitPriceCents: 3 }
    const twice = { ...order, items: [line, line] }
    const entry = { kind: 'tried', runId: 'r', index: 0, order: twice } as const
    expect(formatEntry(entry)).toBe(`${JSON.stringify(entry)}\n`)
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
    ['an offset beyond 64 bits', formatEntry(at(4)).replace(/"(\d{19})"/, '"1$1"'), 'offset'],
    ['a batch of nothing', batchLine([]), 'orderIds'],
    ['a batch of numbers', batchLine([1, 2]), 'orderIds'],
    ['a batch of one text', batchLine('a'), 'orderIds'],
    ['a batch that is too large', batchLine(Array(BATCH_IDS_MAX + 1).fill('')), 'orderIds'],
    ['an order that is not valid', formatEntry(at(2)).replace('300', '301'), 'totalCents is 301'],
  ])('says what is wrong with %s', (_what, line, problem) => {
    expect(parseEntry(line)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('is short enough to be read with as many ids as one may hold', () => {
    const orderIds = Array.from({ length: BATCH_IDS_MAX }, () => 'x'.repeat(64))
    const line = formatEntry({ kind: 'acknowledgedBatch', partition: 3, baseOffset: '7', orderIds })
    expect(Buffer.byteLength(line)).toBeLessThan(LEDGER_LINE_BYTES_MAX)
    expect(parseEntry(line)).toHaveProperty('entry')
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

describe('expandEntry', () => {
  it('gives each order of a batch the offset at its place, exactly', () => {
    const baseOffset = '9007199254740993'
    const orderIds = ['a', 'b']
    expect(expandEntry({ kind: 'acknowledgedBatch', partition: 3, baseOffset, orderIds })).toEqual([
      { kind: 'acknowledged', orderId: 'a', partition: 3, offset: '9007199254740993' },
      { kind: 'acknowledged', orderId: 'b', partition: 3, offset: '9007199254740994' },
    ])
  })

  it('leaves every other entry as it is', () => {
    expect(expandEntry(at(2))).toEqual([at(2)])
  })
})

function batchLine(orderIds: unknown): string {
  return JSON.stringify({ kind: 'acknowledgedBatch', partition: 3, baseOffset: '7', orderIds })
}

function at(index: number): WrittenEntry {
  const entry = entries[index]
  if (entry === undefined) throw new RangeError(`no entry ${index}`)
  return entry
}
