import type { PackedRecords } from '@orders/platform/kafka/packed-records'
import type { PartitionSender } from '@orders/platform/kafka/sender'
import type { Ledger } from '@orders/platform/ledger'
import { expect, test } from 'vitest'
import { Dispatch } from './dispatch.ts'
import type { LaneReport } from './lane.ts'
import { createShop } from './shop.ts'
import { simulateOrder } from './simulate.ts'

const MIB = 1024 * 1024
const MORE_THAN_ENOUGH = 100_000
const SILENT: LaneReport = {
  acknowledged: () => undefined,
  refused: () => undefined,
  held: () => undefined,
  unwritten: () => undefined,
  failedTry: () => undefined,
}

/** A dispatch whose sends are answered when they are let go. */
function dispatchTo(partitions: number) {
  const sends: (() => void)[] = []
  const sender = {
    sendPacked: (_topic: string, _partition: number, _records: PackedRecords) =>
      new Promise<bigint>((resolve) => sends.push(() => resolve(0n))),
  }
  const options = {
    topic: 'orders',
    partitions,
    schemaId: 1,
    sendRetries: 0,
    givenUp: new AbortController().signal,
    passPoint: () => Promise.resolve(),
  }
  // Orders of an earlier run are in the ledger already: it is not asked.
  const ledger = {} as Ledger
  const dispatch = new Dispatch(options, sender as unknown as PartitionSender, ledger, SILENT)
  return { dispatch, sends }
}

/** Adds one order again and again until there is no room, and says how many there are. */
function fill(dispatch: Dispatch, bytes: number): number {
  const point = { shop: createShop(7), seed: 7, runId: 'run', index: 0, now: 0, bytes }
  const order = simulateOrder(point)
  let count = 0
  while (dispatch.hasRoom && count < MORE_THAN_ENOUGH) {
    dispatch.addAgain(order)
    count += 1
  }
  return count
}

test('holds so many orders on their way as each partition needs, between two bounds', () => {
  expect(fill(dispatchTo(5).dispatch, 300)).toBe(16_000)
  expect(fill(dispatchTo(25).dispatch, 300)).toBe(20_000)
  expect(fill(dispatchTo(100).dispatch, 300)).toBe(40_000)
})

test('holds no more than 16 MiB of large orders', () => {
  const count = fill(dispatchTo(5).dispatch, 30_000)
  expect(count).toBeGreaterThan((15 * MIB) / 30_000)
  expect(count).toBeLessThan((17 * MIB) / 30_000)
})

test('has room again when something has arrived', async () => {
  const { dispatch, sends } = dispatchTo(5)
  fill(dispatch, 300)
  const room = dispatch.room()
  await expect.poll(() => sends.length).toBe(1)
  expect(dispatch.hasRoom).toBe(false)
  sends[0]?.()
  expect(await room).toBe(true)
  expect(dispatch.hasRoom).toBe(true)
})
