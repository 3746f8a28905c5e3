import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, openLedger, readLedger } from '@orders/platform/ledger'
import type { LedgerEntry } from '@orders/platform/ledger-format'
import { createLogger } from '@orders/platform/logger'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeOrders } from '../../test/orders.ts'
import { Bookkeeping } from './bookkeeping.ts'
import { Parcel } from './parcel.ts'

let folder = ''
let ledger: Ledger
let said: string[] = []
let books: Bookkeeping
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 5_000 })
  folder = mkdtempSync(join(tmpdir(), 'orders-books-'))
  ledger = await openLedger(join(folder, 'ledger.jsonl'))
  said = []
  const write = (text: string): void => void said.push(text.trimEnd().replace(/^.*?: /, ''))
  books = new Bookkeeping(
    ledger,
    createLogger({ name: 'test', level: 'info', format: 'pretty', write }),
  )
})
afterEach(async () => {
  vi.useRealTimers()
  await ledger.close()
  rmSync(folder, { recursive: true })
})

function parcelOf(...orderIds: string[]): Parcel {
  const parcel = new Parcel()
  const ticket = { state: 'written' as const, known: Promise.resolve() }
  for (const id of orderIds) parcel.add(id, Buffer.from('key'), Buffer.from('value'), ticket)
  return parcel
}

function parcelWith(count: number): Parcel {
  return parcelOf(...Array.from({ length: count }, (_, number) => `order-${number}`))
}

async function entries(): Promise<LedgerEntry[]> {
  await ledger.flush()
  const all: LedgerEntry[] = []
  for await (const entry of readLedger(join(folder, 'ledger.jsonl'))) all.push(entry)
  return all
}

it('records and tells the place of every order of a send', async () => {
  books.acknowledged(parcelWith(3), 2, 9_007_199_254_740_993n)
  expect(await entries()).toEqual(
    [3n, 4n, 5n].map((last, number) => ({
      kind: 'acknowledged',
      orderId: `order-${number}`,
      partition: 2,
      offset: String(9_007_199_254_740_990n + last),
    })),
  )
  expect(said).toHaveLength(3)
  expect(said[1]).toContain('acknowledged order-1 at partition 2 offset 9007199254740994')
  expect(books.account).toMatchObject({ acknowledged: 3, partitions: new Map([[2, 3]]) })
})

it('tells a hundred lines of a flood and counts the rest, and records all of it', async () => {
  const [order] = makeOrders(1)
  if (order === undefined) throw new Error('no order')
  for (let count = 0; count < 60; count += 1) books.placed(order)
  books.acknowledged(parcelWith(500), 0, 0n)
  expect(said).toHaveLength(100)
  expect(said[59]).toContain(`placed ${order.orderId} by ${order.customerName}`)
  expect(said.at(-1)).toContain('acknowledged order-39 at partition 0 offset 39')
  vi.setSystemTime(6_000)
  books.placed(order)
  expect(said.slice(100)).toEqual([
    expect.stringContaining('… and 460 lines more in a second'),
    expect.stringContaining('placed'),
  ])
  expect(await entries()).toHaveLength(500)
  expect(books.account).toMatchObject({ tried: 61, acknowledged: 500 })
})

it('forgets that an order had failed once it is acknowledged', () => {
  const [first, second] = [parcelOf('first'), parcelOf('second')]
  books.held(first, 'unknown', 'no answer')
  books.refused(second, 'too large')
  expect(books.account).toMatchObject({ unknown: 1, refused: 1 })
  books.acknowledged(first, 0, 4n)
  expect(books.account).toMatchObject({ unknown: 0, refused: 1, acknowledged: 1 })
})
