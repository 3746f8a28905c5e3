import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect, emptyBatch, isFull, roomIn, type Batch } from './batch.ts'

/** Deliveries as they come: so many messages of one partition. */
const deliveries = fc.array(
  fc.record({ partition: fc.nat({ max: 4 }), count: fc.integer({ min: 1, max: 40 }) }),
)

/** Takes deliveries the way the handler does: what is in hand, never beyond the last of a batch. */
function commitsOf(size: number, arriving: { partition: number; count: number }[]): Batch[] {
  const commits: Batch[] = []
  const next = new Map<number, bigint>()
  let batch = emptyBatch(size)
  for (const { partition, count } of arriving) {
    for (let rest = count; rest > 0;) {
      const taken = Math.min(rest, roomIn(batch))
      const end = (next.get(partition) ?? 0n) + BigInt(taken)
      batch = collect(batch, partition, taken, end)
      next.set(partition, end)
      rest -= taken
      if (isFull(batch)) {
        commits.push(batch)
        batch = emptyBatch(size)
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
