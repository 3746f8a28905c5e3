import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatEntry } from '@orders/platform/ledger-format'
import { LedgerTail } from './ledger-tail.ts'

const line = (orderId: string): string =>
  formatEntry({ kind: 'acknowledged', orderId, partition: 0, offset: '1' })

function createFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orders-tail-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'ledger.jsonl')
}

test('gives every line once, and none before its end is there', () => {
  const file = createFile()
  const tail = new LedgerTail(file)
  expect(tail.read()).toEqual([])
  writeFileSync(file, line('a') + line('b').slice(0, 20))
  expect(tail.read()).toMatchObject([{ orderId: 'a' }])
  expect(tail.read()).toEqual([])
  appendFileSync(file, line('b').slice(20))
  expect(tail.read()).toMatchObject([{ orderId: 'b' }])
})

test('a torn line that a new start removes is forgotten', () => {
  const file = createFile()
  const tail = new LedgerTail(file)
  writeFileSync(file, line('a') + line('lost').slice(0, 30))
  expect(tail.read()).toHaveLength(1)
  truncateSync(file, line('a').length)
  appendFileSync(file, line('c') + line('d'))
  expect(tail.read()).toMatchObject([{ orderId: 'c' }, { orderId: 'd' }])
})

test('what is no entry is passed over', () => {
  const file = createFile()
  writeFileSync(file, `nonsense\n${line('a')}`)
  expect(new LedgerTail(file).read()).toHaveLength(1)
})

test('orders that were acknowledged in one line come one by one', () => {
  const file = createFile()
  const orderIds = ['a', 'b']
  writeFileSync(
    file,
    formatEntry({ kind: 'acknowledgedBatch', partition: 2, baseOffset: '9', orderIds }),
  )
  expect(new LedgerTail(file).read()).toEqual([
    { kind: 'acknowledged', orderId: 'a', partition: 2, offset: '9' },
    { kind: 'acknowledged', orderId: 'b', partition: 2, offset: '10' },
  ])
})
