import type { LedgerEntry } from '@orders/platform/ledger-format'
import type { checkOrder } from '@orders/schemas/order'
import { expect, test } from 'vitest'
import { OrderCount } from './order-count.ts'

const RUN_ID = '00000000-0000-4000-8000-000000000000'

function tried(orderId: string): LedgerEntry {
  // The count looks at nothing but the id.
  const order = { orderId } as Extract<ReturnType<typeof checkOrder>, { order: unknown }>['order']
  return { kind: 'tried', runId: RUN_ID, index: null, order }
}

function acknowledged(orderId: string, partition: number, offset: string): LedgerEntry {
  return { kind: 'acknowledged', orderId, partition, offset }
}

test('an order is in flight until it is acknowledged, also after a refusal', () => {
  const count = new OrderCount()
  count.take([tried('a'), tried('b')], 10)
  count.take([{ kind: 'refused', orderId: 'a', reason: 'no' }], 20)
  count.take([{ kind: 'unknown', orderId: 'b', reason: 'no answer' }], 30)
  expect(count.inFlight).toBe(2)
  count.take([acknowledged('b', 3, '7')], 40)
  expect(count.outstanding()).toEqual(['a'])
  expect(count.stillOutstanding(['a', 'b'])).toEqual(['a'])
  expect(count.tried).toBe(2)
})

test('knows the end of each partition and when it last went on', () => {
  const count = new OrderCount()
  count.take([acknowledged('a', 3, '7'), acknowledged('b', 3, '5')], 10)
  count.take([acknowledged('c', 0, '0')], 20)
  expect(count.ends()).toEqual(
    new Map([
      [3, 8],
      [0, 1],
    ]),
  )
  expect(count.partitions).toEqual([0, 3])
  expect(count.progressOf(3).lastAtMs).toBe(10)
  expect(count.progressOf(4).lastAtMs).toBeNull()
  expect(count.acknowledged.total).toBe(3)
})
