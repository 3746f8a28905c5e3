import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pace, type Clock } from './pace.ts'

async function collect(options: Parameters<typeof pace>[0]): Promise<number[]> {
  const turns: number[] = []
  for await (const { first, count } of pace(options)) {
    for (let turn = first; turn < first + count; turn += 1) turns.push(turn)
  }
  return turns
}

test('gives every turn once, in order, and ends at the count', async () => {
  const never = new AbortController().signal
  const numbers = fc.asyncProperty(fc.nat({ max: 500 }), async (count) => {
    const turns = await collect({ count, intervalMs: 0, signal: never })
    expect(turns).toEqual(Array.from({ length: count }, (_, i) => i))
  })
  await fc.assert(numbers, { numRuns: 20 })
})

test('makes up for a late turn instead of putting all others off', async () => {
  let now = 1_000
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => void (now += ms),
  }
  const signal = new AbortController().signal
  const times: number[] = []
  for await (const { first, count } of pace({ count: 6, intervalMs: 40, signal, clock })) {
    for (let turn = first; turn < first + count; turn += 1) times.push(now - 1_000)
    // A turn that takes as long as three: the next ones are overdue and come at once.
    if (first === 0) now += 120
  }
  expect(times).toEqual([0, 120, 120, 120, 160, 200])
})

test('ends in the middle of a wait when it is stopped', async () => {
  const stop = new AbortController()
  const turns: number[] = []
  for await (const turn of pace({ count: 10, intervalMs: 3_600_000, signal: stop.signal })) {
    turns.push(turn.first)
    setImmediate(() => stop.abort())
  }
  expect(turns).toEqual([0])
})
