import { expect, test } from 'vitest'
import { Parcel, type Ticket } from './parcel.ts'

const KEY = Buffer.from('C-1')

function ticketOf(state: Ticket['state'] = 'written'): Ticket {
  return { state, known: Promise.resolve() }
}

function fill(parcel: Parcel, ids: string[], ticket: Ticket): Parcel {
  for (const id of ids) parcel.add(id, KEY, Buffer.from(`order ${id}`), ticket)
  return parcel
}

test('holds orders in the sequence in which they came', () => {
  const parcel = fill(new Parcel(), ['a', 'b', 'c'], ticketOf())
  expect(parcel).toMatchObject({ count: 3, bytes: 21, orderIds: ['a', 'b', 'c'], isWritten: true })
  expect(parcel.records.unpack().map(({ value }) => value.toString())).toEqual([
    'order a',
    'order b',
    'order c',
  ])
})

test('has room for one order of any size, for 2000 orders, and for 800 KiB', () => {
  const large = new Parcel()
  expect(large.hasRoomFor(2 ** 20)).toBe(true)
  large.add('a', KEY, Buffer.alloc(800 * 1024), ticketOf())
  expect(large.hasRoomFor(1)).toBe(false)

  const many = new Parcel()
  const ticket = ticketOf()
  for (let at = 0; at < 2_000; at += 1) {
    expect(many.hasRoomFor(4)).toBe(true)
    fill(many, [`${at}`], ticket)
  }
  expect(many.hasRoomFor(4)).toBe(false)
})

test('is known when the ledger has spoken of every order', async () => {
  const late: Ticket = { state: 'writing', known: Promise.resolve() }
  let tell: () => void = () => undefined
  late.known = new Promise<void>((resolve) => (tell = resolve)).then(() => {
    late.state = 'unwritten'
  })
  const parcel = fill(fill(new Parcel(), ['a'], ticketOf()), ['b', 'c'], late)
  let isKnown = false
  const known = parcel.known().then(() => (isKnown = true))
  await new Promise(setImmediate)
  expect(isKnown).toBe(false)
  tell()
  await known
  expect(parcel.isWritten).toBe(false)
})

test('comes apart into orders with their own tickets, and can be put together again', () => {
  const [good, bad] = [ticketOf(), ticketOf('unwritten')]
  const parcel = fill(fill(fill(new Parcel(), ['a'], good), ['b', 'c'], bad), ['d'], good)
  const singles = parcel.split()
  expect(singles.map(({ orderIds }) => orderIds)).toEqual([['a'], ['b'], ['c'], ['d']])
  expect(singles.map(({ isWritten }) => isWritten)).toEqual([true, false, false, true])

  const rest = new Parcel()
  for (const single of singles.filter(({ isWritten }) => isWritten)) rest.join(single)
  expect(rest).toMatchObject({ count: 2, bytes: 14, orderIds: ['a', 'd'], isWritten: true })
  expect(rest.records.unpack()).toEqual([
    { key: KEY, value: Buffer.from('order a') },
    { key: KEY, value: Buffer.from('order d') },
  ])
})
