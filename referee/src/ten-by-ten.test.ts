import { describe, expect, test } from 'vitest'
import { consumerOf, firstViolation } from './altered.samples.ts'
import type { TraceEvent } from './evidence.ts'
import { sampleRun } from './run.samples.ts'

type Workers = 'one' | 'partition'

/** What C8 says first of a process of consumer-batch that has done this. */
function sayOf(workers: Workers, steps: TraceEvent[][]): string {
  const evidence = sampleRun()
  const batch = consumerOf(evidence, 'batch')
  const started: TraceEvent = { event: 'started', at: 0, service: 'batch', pid: 1, workers }
  batch.commits = null
  batch.traces = [{ file: 'trace.jsonl', events: [started, joined, ...steps.flat()] }]
  return firstViolation(evidence, 'C8')
}

const joined: TraceEvent = { event: 'joined', at: 1, partitions: [0, 1, 2] }
const dropped: TraceEvent = { event: 'dropped', at: 1 }

/** Takes and stores so many messages of a partition. */
function store(partition: number, from: number, count: number): TraceEvent[] {
  const offsets = Array.from({ length: count }, (_, i) => from + i)
  return [
    { event: 'taken', at: 1, partition, offsets },
    { event: 'stored', at: 1, partition, offsets },
  ]
}

function commit(offsets: Record<string, number>, isLate = false): TraceEvent[] {
  return [{ event: 'committed', at: 1, offsets, isLate }]
}

describe('ten by ten, as the process says', () => {
  test.each<[string, Workers, TraceEvent[][]]>([
    [
      'the next ten are stored while a commit is out',
      'one',
      [store(0, 0, 10), store(1, 0, 10), commit({ 0: 10 }), store(1, 10, 3), commit({ 1: 10 })],
    ],
    [
      'ten of several partitions, and more of them after',
      'one',
      [
        store(0, 0, 6),
        store(1, 0, 4),
        store(0, 6, 8),
        commit({ 0: 6, 1: 4 }),
        store(2, 0, 2),
        commit({ 0: 14, 2: 2 }),
      ],
    ],
    [
      'each worker has its own',
      'partition',
      [
        store(0, 0, 10),
        store(1, 0, 10),
        store(0, 10, 10),
        store(1, 10, 3),
        commit({ 1: 10 }),
        commit({ 0: 10 }),
        commit({ 0: 20 }),
        store(1, 13, 7),
        commit({ 1: 20 }),
      ],
    ],
    [
      'the answer comes when the group has changed, and what was collected meanwhile comes again',
      'one',
      [
        store(0, 0, 10),
        store(0, 10, 4),
        [dropped],
        commit({ 0: 10 }, true),
        [joined],
        store(0, 10, 10),
        commit({ 0: 20 }),
      ],
    ],
  ])('%s: holds', (_what, workers, steps) => {
    expect(sayOf(workers, steps)).toBe('none')
  })

  test.each<[string, Workers, TraceEvent[][], string]>([
    [
      'nine',
      'one',
      [store(0, 0, 9), commit({ 0: 9 })],
      'a commit of 9 stored messages instead of 10: 0 → 9',
    ],
    [
      'nine while more is stored',
      'one',
      [store(0, 0, 9), store(0, 9, 9), commit({ 0: 9 })],
      'a commit of 9 stored messages instead of 10: 0 → 9',
    ],
    [
      'eleven: one of the next ten is in the commit',
      'one',
      [store(0, 0, 10), store(0, 10, 5), commit({ 0: 11 })],
      'a commit of 11 stored messages instead of 10: 0 → 11',
    ],
    [
      'two commits in one',
      'one',
      [store(0, 0, 10), store(0, 10, 10), commit({ 0: 20 })],
      'a commit of 20 stored messages instead of 10: 0 → 20',
    ],
    [
      'before all are stored',
      'one',
      [store(0, 0, 7), commit({ 0: 10 }), store(0, 7, 3)],
      'a commit of 7 stored messages instead of 10: 0 → 10',
    ],
    [
      'beyond what is stored',
      'one',
      [store(0, 0, 10), commit({ 0: 12 })],
      'a commit of 0 → 12; the first 10 stored were 0 → 10',
    ],
    [
      'ten, but some of the next instead of the first',
      'one',
      [store(0, 0, 6), store(1, 0, 4), store(0, 6, 4), commit({ 0: 10 })],
      'a commit of 0 → 10; the first 10 stored were 0 → 6, 1 → 4',
    ],
    [
      'the second ten before the first',
      'one',
      [store(0, 0, 10), store(1, 0, 10), commit({ 1: 10 }), commit({ 0: 10 })],
      'a commit of 1 → 10; the first 10 stored were 0 → 10',
    ],
    [
      'a commit sent while another is out: more than two tens are open',
      'one',
      [store(0, 0, 10), store(0, 10, 10), store(1, 0, 1), commit({ 0: 10 }), commit({ 0: 20 })],
      '21 messages were stored and not committed; 20 may be',
    ],
    [
      'the same of a single worker of several',
      'partition',
      [store(1, 0, 10), store(0, 0, 10), store(0, 10, 10), store(0, 20, 3), commit({ 0: 10 })],
      '23 messages were stored and not committed; 20 may be',
    ],
    [
      'ten of two workers',
      'partition',
      [store(0, 0, 5), store(1, 0, 5), commit({ 0: 5, 1: 5 })],
      'a commit of 5 stored messages instead of 10: 0 → 5',
    ],
    [
      'what was collected before a change of the group counts after it',
      'one',
      [store(0, 0, 7), [dropped, joined], store(1, 0, 3), commit({ 0: 7, 1: 3 })],
      'a commit of 3 stored messages instead of 10: 0 → 7, 1 → 3',
    ],
  ])('%s: is a violation', (_what, workers, steps, says) => {
    expect(sayOf(workers, steps)).toBe(`batch: ${says}`)
  })
})
