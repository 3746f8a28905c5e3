import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatEntry, type WrittenEntry } from '@orders/platform/ledger-format'
import { expect, it, onTestFinished } from 'vitest'
import { makeOrders } from '../../test/orders.ts'
import type { LedgerEvidence } from './evidence.ts'
import { readLedgers } from './ledger-file.ts'
import { contentOf } from './order-digest.ts'

const [first, second, third] = makeOrders(3)
if (!first || !second || !third) throw new Error('no orders')

const run = (topic: string, clusterId = 'c'): WrittenEntry => {
  return { kind: 'run', at: '2026-01-01', runId: 'r', clusterId, topic, seed: 1 }
}
const tried = (order: typeof first): WrittenEntry => {
  return { kind: 'tried', runId: 'r', index: 0, order }
}
const acknowledged = ({ orderId }: typeof first, offset: string): WrittenEntry => {
  return { kind: 'acknowledged', orderId, partition: 1, offset }
}
const told = (kind: 'refused' | 'unknown', { orderId }: typeof first): WrittenEntry => {
  return { kind, orderId, reason: 'so' }
}

const batch = (fields: Record<string, unknown>): string => {
  const whole = { partition: 1, baseOffset: '7', orderIds: [first.orderId, second.orderId] }
  return `${JSON.stringify({ kind: 'acknowledgedBatch', ...whole, ...fields })}\n`
}

function read(...ledgers: (WrittenEntry | string)[][]): Promise<LedgerEvidence> {
  const folder = mkdtempSync(join(tmpdir(), 'referee-ledger-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = ledgers.map((entries, index) => {
    const file = join(folder, `${index}.jsonl`)
    const lines = entries.map((entry) => (typeof entry === 'string' ? entry : formatEntry(entry)))
    writeFileSync(file, lines.join(''))
    return file
  })
  return readLedgers(files, { clusterId: 'c', topic: 'orders' })
}

it('keeps what was said of every order', async () => {
  const { orders, unreadable } = await read(
    [run('orders'), tried(first), tried(second), told('unknown', first), acknowledged(first, '7')],
    [run('orders'), tried(third), told('refused', third), acknowledged(third, '8')],
  )
  expect(unreadable).toEqual([])
  expect([...orders.values()]).toMatchObject([
    { ...contentOf(first), file: 0, turn: 0, acknowledged: [{ partition: 1, offset: 7 }] },
    { ...contentOf(second), file: 0, turn: 1, acknowledged: [], isUnknown: false },
    { ...contentOf(third), file: 1, turn: 0, isRefused: true },
  ])
  expect(orders.get(first.orderId)?.isUnknown).toBe(true)
})

it('reads an acknowledgement of many orders as one of each', async () => {
  const orderIds = [second, first, third].map(({ orderId }) => orderId)
  const { orders, unreadable } = await read([
    run('orders'),
    ...[first, second, third].map(tried),
    { kind: 'acknowledgedBatch', partition: 1, baseOffset: '7', orderIds },
    batch({ baseOffset: '20' }),
    run('other'),
    batch({ baseOffset: '30' }),
  ])
  expect(unreadable).toEqual([])
  expect([...orders.values()].map(({ acknowledged }) => acknowledged)).toEqual([
    [8, 20].map((offset) => ({ partition: 1, offset })),
    [7, 21].map((offset) => ({ partition: 1, offset })),
    [{ partition: 1, offset: 9 }],
  ])
})

it.each([
  ['no orders', { orderIds: [] }, 'says not which orders'],
  ['orders that are no list', { orderIds: first.orderId }, 'says not which orders'],
  ['no orders at all', { orderIds: undefined }, 'says not which orders'],
  ['no partition', { partition: -1 }, 'says not where'],
  ['an offset that is a number', { baseOffset: 7 }, 'says not where'],
  ['an offset beyond 2^53', { baseOffset: '9007199254740991' }, 'says not where'],
])('cannot read an acknowledgement with %s, and takes nothing of it', async (_what, wrong, why) => {
  const { orders, unreadable } = await read([
    run('orders'),
    tried(first),
    tried(second),
    batch(wrong),
  ])
  expect(unreadable).toMatchObject([{ line: 4, why: expect.stringContaining(why) }])
  expect([...orders.values()].flatMap(({ acknowledged }) => acknowledged)).toEqual([])
})

it('takes the other orders of an acknowledgement that names one nobody has tried', async () => {
  for (const orderIds of [
    [third.orderId, first.orderId],
    [first.orderId, 7],
  ]) {
    const { orders, unreadable } = await read([run('orders'), tried(first), batch({ orderIds })])
    expect(unreadable).toMatchObject([
      { line: 3, why: expect.stringContaining('nobody has tried') },
    ])
    const offset = 7 + orderIds.indexOf(first.orderId)
    expect(orders.get(first.orderId)?.acknowledged).toEqual([{ partition: 1, offset }])
  }
})

it('calls what was refused unknown once another run has begun, which sends it again', async () => {
  const refused = [run('orders'), tried(first), told('refused', first)]
  const { orders } = await read(refused)
  expect(orders.get(first.orderId)).toMatchObject({ isRefused: true, isUnknown: false })
  const { orders: later } = await read([...refused, run('orders')])
  expect(later.get(first.orderId)).toMatchObject({ isUnknown: true })
  const { orders: elsewhere } = await read([...refused, run('other')])
  expect(elsewhere.get(first.orderId)).toMatchObject({ isUnknown: false })
})

it('counts only what was said about this topic of this cluster', async () => {
  const { orders } = await read([
    run('other'),
    tried(first),
    tried(second),
    acknowledged(second, '3'),
    run('orders', 'another cluster'),
    acknowledged(first, '4'),
    run('orders'),
    acknowledged(first, '5'),
  ])
  expect([...orders.keys()]).toEqual([first.orderId])
  expect(orders.get(first.orderId)?.acknowledged).toEqual([{ partition: 1, offset: 5 }])
})

it('tells a torn last line from one that cannot be read', async () => {
  const { orders, unreadable } = await read([
    run('orders'),
    tried(first),
    '{"kind":"ackno\n',
    acknowledged(second, '3'),
    '{"kind":"tried","runId":"r","ord',
  ])
  expect(orders.size).toBe(1)
  expect(unreadable.map(({ line, why }) => [line, why.slice(0, 20)])).toEqual([
    [3, 'is not JSON'],
    [4, 'is about an order th'],
  ])
})

it('cannot judge without the ledger', async () => {
  const scope = { clusterId: 'c', topic: 'orders' }
  await expect(readLedgers(['/nowhere/ledger.jsonl'], scope)).rejects.toThrow('cannot read')
})
