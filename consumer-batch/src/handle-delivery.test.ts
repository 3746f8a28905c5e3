import type { Delivery } from '@orders/platform/kafka/delivery'
import { createLogger } from '@orders/platform/logger'
import type { OrderIntake } from '@orders/platform/order-intake'
import { OrderLines } from '@orders/platform/order-lines'
import { describe, expect, test } from 'vitest'
import { BatchHandler } from './handle-delivery.ts'

const lines = new OrderLines(createLogger({ name: 'test', level: 'silent', format: 'json' }))

/** Takes everything in, and tells what it has; this test is about commits. */
function intakeFor(stored: bigint[] = []): OrderIntake {
  const take: OrderIntake['take'] = async (_delivery, messages) => {
    stored.push(...messages.map(({ offset }) => offset))
    return { orders: [], bad: [] }
  }
  return { take } as OrderIntake
}

const intake = intakeFor()

/** Resolves when all that can go on without an answer has gone on. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Commits that are answered one by one, as the test wants. */
class OpenCommits {
  readonly sent: Record<string, bigint>[] = []
  readonly #answers: { resolve: () => void; reject: (why: Error) => void }[] = []

  readonly commit: Delivery['commit'] = (offsets) => {
    this.sent.push(Object.fromEntries(offsets))
    return new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject })
    })
  }

  async answer(failure?: Error): Promise<void> {
    const answer = this.#answers.shift()
    if (!answer) throw new Error('no commit is out')
    if (failure) answer.reject(failure)
    else answer.resolve()
    await untilIdle()
  }
}

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

describe('while a commit is on its way', () => {
  const start = (from: number, count: number) => {
    const stored: bigint[] = []
    const commits = new OpenCommits()
    const handler = new BatchHandler(10, 'all', lines)
    const handle = handler.handleWith(intakeFor(stored))
    const journal: Journal = { commits: [], resolved: [] }
    const delivery: Delivery = { ...deliver(journal, from, count), commit: commits.commit }
    return { stored, commits, handler, handle, delivery, journal, done: handle(delivery) }
  }

  test('the next ten are stored, no more than those, and committed when it was answered', async () => {
    const { stored, commits, done } = start(0, 35)
    await untilIdle()
    expect(commits.sent).toEqual([{ 0: 10n }])
    expect(stored).toHaveLength(20)
    await commits.answer()
    expect(commits.sent).toEqual([{ 0: 10n }, { 0: 20n }])
    expect(stored).toHaveLength(30)
    await commits.answer()
    await commits.answer()
    expect(commits.sent).toEqual([{ 0: 10n }, { 0: 20n }, { 0: 30n }])
    expect(stored).toHaveLength(35)
    await done
  })

  test('a delivery ends with its answer', async () => {
    const { commits, done } = start(0, 14)
    let hasEnded = false
    void done.then(() => (hasEnded = true))
    await untilIdle()
    expect(hasEnded).toBe(false)
    await commits.answer()
    expect(hasEnded).toBe(true)
  })

  test('a stop lets it end, and the ten that are stored meanwhile are committed as well', async () => {
    const { stored, commits, done, delivery } = start(0, 35)
    await untilIdle()
    delivery.isStopping = () => true
    await commits.answer()
    await commits.answer()
    await done
    expect(commits.sent).toEqual([{ 0: 10n }, { 0: 20n }])
    expect(stored).toHaveLength(20)
  })

  test('and fails, nothing of the next ten is committed before it', async () => {
    const { stored, commits, done, handle, journal } = start(0, 30)
    await untilIdle()
    expect(stored).toHaveLength(20)
    const failed = expect(done).rejects.toThrow('rebalancing')
    await commits.answer(groupChange())
    await failed
    expect(commits.sent).toEqual([{ 0: 10n }])
    // The library may come back without joining anew: two full batches are to be committed then.
    const next: Delivery = { ...deliver(journal, 20, 3), commit: commits.commit }
    const again = handle(next)
    await untilIdle()
    await commits.answer()
    expect(stored).toHaveLength(20)
    await commits.answer()
    await again
    expect(commits.sent.slice(1)).toEqual([{ 0: 10n }, { 0: 20n }])
    expect(stored).toHaveLength(23)
  })

  test('a heartbeat that fails waits for it, and the next delivery has nothing of it to commit', async () => {
    const { commits, done, delivery, handle, journal } = start(0, 12)
    delivery.heartbeat = () => Promise.reject(groupChange())
    let hasEnded = false
    const ended = done.catch(() => (hasEnded = true))
    await untilIdle()
    expect(hasEnded).toBe(false)
    await commits.answer()
    await ended
    expect(hasEnded).toBe(true)
    await handle({ ...deliver(journal, 10, 4), commit: commits.commit })
    expect(commits.sent).toEqual([{ 0: 10n }])
  })

  test.each([
    ['a late answer', undefined],
    ['a late refusal', groupChange()],
  ])('the group changes: %s leaves what is collected since alone', async (_what, failure) => {
    const { commits, done, delivery, handler, handle, journal } = start(0, 14)
    await untilIdle()
    delivery.isLost = () => true
    handler.drop()
    const newCommits = new OpenCommits()
    await handle({ ...deliver(journal, 0, 9), commit: newCommits.commit })
    const ended = done.catch(() => undefined)
    await commits.answer(failure)
    await ended
    const tenth = handle({ ...deliver(journal, 9, 1), commit: newCommits.commit })
    await untilIdle()
    expect(newCommits.sent).toEqual([{ 0: 10n }])
    await newCommits.answer()
    await tenth
    expect(commits.sent).toEqual([{ 0: 10n }])
  })
})

/** As the library says that the group is rebalancing. */
function groupChange(): Error {
  return Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' })
}
