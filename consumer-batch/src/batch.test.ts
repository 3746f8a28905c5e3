import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  collect,
  collectMore,
  emptyBatch,
  fallDue,
  isFull,
  nothingUncommitted,
  roomIn,
  withoutDue,
  type Batch,
} from './batch.ts'

/** Deliveries as they come: so many messages of one partition. */
const deliveries = fc.array(
  fc.record({ partition: fc.nat({ max: 4 }), count: fc.integer({ min: 1, max: 40 }) }),
)

/**
 * Takes deliveries the way the handler does: what is in hand, never beyond the last of a batch; the
 * answer to a commit comes when the next batch is full.
 */
function commitsOf(size: number, arriving: { partition: number; count: number }[]): Batch[] {
  const commits: Batch[] = []
  const next = new Map<number, bigint>()
  let uncommitted = nothingUncommitted(size)
  for (const { partition, count } of arriving) {
    for (let rest = count; rest > 0;) {
      const taken = Math.min(rest, roomIn(uncommitted.open))
      const end = (next.get(partition) ?? 0n) + BigInt(taken)
      uncommitted = collectMore(uncommitted, partition, taken, end)
      next.set(partition, end)
      rest -= taken
      if (isFull(uncommitted.open)) {
        uncommitted = fallDue(withoutDue(uncommitted))
        if (uncommitted.due) commits.push(uncommitted.due)
      }
    }
  }
  return commits
}

test('commits every tenth message and never another number', () => {
  fc.assert(
    fc.property(deliveries, fc.integer({ min: 1, max: 12 }), (arriving, size) => {
      const total = arriving.reduce((sum, { count }) => sum + count, 0)
      const commits = commitsOf(size, arriving)
      expect(commits).toHaveLength(Math.floor(total / size))
      expect(commits.every(({ count }) => count === size)).toBe(true)
    }),
  )
})

test('commits cover each message once: offsets grow by exactly ten a commit', () => {
  fc.assert(
    fc.property(deliveries, (arriving) => {
      const committed = new Map<number, bigint>()
      for (const { nextOffsets } of commitsOf(10, arriving)) {
        let covered = 0n
        for (const [partition, offset] of nextOffsets) {
          covered += offset - (committed.get(partition) ?? 0n)
          committed.set(partition, offset)
        }
        expect(covered).toBe(10n)
      }
    }),
  )
})

test('refuses more messages than there is room for', () => {
  const batch = collect(emptyBatch(10), 0, 7, 7n)
  expect(() => collect(batch, 0, 4, 11n)).toThrow(RangeError)
  expect(() => collect(batch, 0, 0, 8n)).toThrow(RangeError)
})

test('refuses to go back in a partition', () => {
  const batch = collect(emptyBatch(10), 3, 2, 20n)
  expect(() => collect(batch, 3, 1, 20n)).toThrow(/goes back from 20 to 20/)
})

test('leaves the batch it adds to as it was', () => {
  const before = collect(emptyBatch(10), 1, 1, 1n)
  collect(before, 2, 1, 1n)
  expect(before).toEqual(collect(emptyBatch(10), 1, 1, 1n))
})

test('a batch falls due when it is full, and not while another is due', () => {
  const nine = collectMore(nothingUncommitted(10), 0, 9, 9n)
  expect(() => fallDue(nine)).toThrow('9 of 10 are no batch')
  const ten = collectMore(nine, 1, 1, 1n)
  const due = fallDue(ten)
  expect(due).toEqual({ due: ten.open, open: emptyBatch(10) })
  const twenty = collectMore(due, 0, 10, 19n)
  expect(() => fallDue(twenty)).toThrow('before this one')
  expect(fallDue(withoutDue(twenty)).due).toEqual(twenty.open)
})

test('what is collected while a batch is due has the room of one batch, and no part in the other', () => {
  const ten = collectMore(nothingUncommitted(10), 0, 10, 10n)
  const due = fallDue(ten)
  expect(() => collectMore(due, 0, 11, 21n)).toThrow(RangeError)
  expect(collectMore(due, 0, 4, 14n).due).toEqual(ten.open)
})

test('refuses to go back into the batch that is due', () => {
  const due = fallDue(collectMore(nothingUncommitted(10), 3, 10, 20n))
  expect(() => collectMore(due, 3, 1, 20n)).toThrow(/goes back from 20 to 20/)
  expect(collectMore(due, 3, 1, 21n).open.count).toBe(1)
})
