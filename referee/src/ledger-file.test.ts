import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatEntry, type LedgerEntry } from '@orders/platform/ledger-format'
import { expect, it, onTestFinished } from 'vitest'
import { makeOrders } from '../../test/orders.ts'
import type { LedgerEvidence } from './evidence.ts'
import { readLedgers } from './ledger-file.ts'
import { contentOf } from './order-digest.ts'

const [first, second, third] = makeOrders(3)
if (!first || !second || !third) throw new Error('no orders')

const run = (topic: string, clusterId = 'c'): LedgerEntry => {
  return { kind: 'run', at: '2026-01-01', runId: 'r', clusterId, topic, seed: 1 }
}
const tried = (order: typeof first): LedgerEntry => {
  return { kind: 'tried', runId: 'r', index: 0, order }
}
const acknowledged = ({ orderId }: typeof first, offset: string): LedgerEntry => {
  return { kind: 'acknowledged', orderId, partition: 1, offset }
}
const told = (kind: 'refused' | 'unknown', { orderId }: typeof first): LedgerEntry => {
  return { kind, orderId, reason: 'so' }
}

function read(...ledgers: (LedgerEntry | string)[][]): Promise<LedgerEvidence> {
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
