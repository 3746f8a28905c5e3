import type { Delivery } from '@orders/platform/kafka/delivery'
import { createLogger } from '@orders/platform/logger'
import type { OrderIntake } from '@orders/platform/order-intake'
import { OrderLines } from '@orders/platform/order-lines'
import { describe, expect, test } from 'vitest'
import { BatchHandler } from './handle-delivery.ts'

const lines = new OrderLines(createLogger({ name: 'test', level: 'silent', format: 'json' }))

/** Takes everything in; this test is about commits. */
const intake = {
  take: async () => ({ orders: [], bad: [] }),
  lookAhead: () => undefined,
} as unknown as OrderIntake

/** What a handler did with its deliveries. */
interface Journal {
  commits: Record<string, bigint>[]
  resolved: bigint[]
}

/** A delivery of partition 0 whose commits and heartbeats fail as told. */
function deliver(journal: Journal, from: number, count: number, failure?: Error): Delivery {
  const fail = async (): Promise<void> => {
    if (failure) throw failure
  }
  return {
    partition: 0,
    messages: Array.from({ length: count }, (_, i) => ({
      offset: BigInt(from + i),
      key: null,
      value: null,
      headers: {},
      timestamp: 0,
    })),
    isLost: () => false,
    isStopping: () => false,
    resolve: (offset) => void journal.resolved.push(offset),
    commitResolved: fail,
    commitInTime: fail,
    commit: async (offsets) => {
      await fail()
      journal.commits.push(Object.fromEntries(offsets))
    },
    seek: () => undefined,
    heartbeat: fail,
  }
}

describe('BatchHandler', () => {
  test('commits ten and ten, whatever the deliveries are', async () => {
    const journal: Journal = { commits: [], resolved: [] }
    const handler = new BatchHandler(10, 'all', lines)
    const handle = handler.handleWith(intake)
    for (const [from, count] of [
      [0, 7],
      [7, 9],
      [16, 13],
    ] as const) {
      await handle(deliver(journal, from, count))
    }
    expect(journal.commits).toEqual([{ 0: 10n }, { 0: 20n }])
    expect(journal.resolved.at(-1)).toBe(28n)
  })

  test('of each partition: ten of one partition are its commit, whatever the others have', async () => {
    const journal: Journal = { commits: [], resolved: [] }
    const handler = new BatchHandler(10, 'partition', lines)
    const handle = handler.handleWith(intake)
    const from = (partition: number, first: number, count: number): Delivery => ({
      ...deliver(journal, first, count),
      partition,
    })
    await handle(from(0, 0, 6))
    await handle(from(1, 40, 9))
    expect(journal.commits).toEqual([])
    await Promise.all([handle(from(0, 6, 14)), handle(from(1, 49, 12))])
    const of = (partition: number) =>
      journal.commits.flatMap((commit) => (partition in commit ? [commit] : []))
    expect(of(0)).toEqual([{ 0: 10n }, { 0: 20n }])
    expect(of(1)).toEqual([{ 1: 50n }, { 1: 60n }])
    handler.drop()
    await handle(from(1, 60, 9))
    expect(journal.commits).toHaveLength(4)
  })

  test('commits the ten that stand before it takes more, after a commit and a heartbeat failed', async () => {
    const journal: Journal = { commits: [], resolved: [] }
    const handler = new BatchHandler(10, 'all', lines)
    const handle = handler.handleWith(intake)
    // The coordinator is dead: commits fail, heartbeats too. The group is joined anew; should the
    // library come back without that, a full batch must not be asked for room.
    const dead = new Error('connect ECONNREFUSED')
    await handle(deliver(journal, 0, 9))
    await expect(handle(deliver(journal, 9, 5, dead))).rejects.toThrow('no commit')
    expect(journal.commits).toEqual([])
    await handle(deliver(journal, 10, 4))
    expect(journal.commits).toEqual([{ 0: 10n }])
    expect(journal.resolved.at(-1)).toBe(13n)
  })

  test('forgets what it collected when the group changes: the next ten are ten new deliveries', async () => {
    const journal: Journal = { commits: [], resolved: [] }
    const handler = new BatchHandler(10, 'all', lines)
    const handle = handler.handleWith(intake)
    await handle(deliver(journal, 0, 7))
    handler.drop()
    await handle(deliver(journal, 0, 9))
    expect(journal.commits).toEqual([])
    await handle(deliver(journal, 9, 1))
    expect(journal.commits).toEqual([{ 0: 10n }])
  })
})
