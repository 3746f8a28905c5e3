import { expect, test } from 'vitest'
import { findProblems, pendingBatch, type Facts, type PartitionFacts } from './facts.ts'

const partition: PartitionFacts = {
  partition: 0,
  low: 0n,
  high: 27n,
  auto: { next: 27n, stored: 27, committed: 27n },
  batch: { next: 27n, stored: 27, committed: 20n },
  deadLetters: 0n,
}

const facts: Facts = {
  partitions: [partition],
  acknowledged: 27,
  acknowledgedNow: 27,
  outstanding: 0,
  storedAuto: 27,
  storedBatch: 27,
  missingAuto: [],
  missingBatch: [],
}

test('a run in which everything arrived has no problems, whatever batch has not yet committed', () => {
  expect(findProblems(facts)).toEqual([])
  expect(pendingBatch(partition)).toBe(7n)
})

test.each<[string, Partial<Facts>, RegExp]>([
  [
    'an acknowledged order is not in Redis',
    { missingBatch: ['a', 'b'] },
    /2 .*consumer-batch: a, b/,
  ],
  ['an order was not acknowledged', { outstanding: 1 }, /1 orders were not acknowledged/],
  [
    'a consumer has not read to the end',
    { partitions: [{ ...partition, auto: { ...partition.auto, next: 26n, committed: 26n } }] },
    /consumer-auto has read partition 0 up to 26 of 27/,
  ],
  [
    'something is committed that is not in Redis',
    { partitions: [{ ...partition, batch: { ...partition.batch, committed: 28n } }] },
    /consumer-batch committed 28 in partition 0, but Redis has it only up to 27/,
  ],
])('says so when %s', (_what, change, message) => {
  expect(findProblems({ ...facts, ...change }).join('\n')).toMatch(message)
})
