import { describe, expect, test } from 'vitest'
import { consumerOf, firstViolation } from './altered.samples.ts'
import type { CommitRecord, TraceEvent } from './evidence.ts'
import { judge } from './judge.ts'
import { sampleRun } from './run.samples.ts'

type Offsets = Record<number, number>

/** A process of consumer-batch, and what the brokers have written down of it. */
class Run {
  readonly events: TraceEvent[] = []
  readonly commits: CommitRecord[] = []
  #at = 1_000

  constructor() {
    this.#say({ event: 'started', service: 'batch', pid: 1, workers: 'one' })
    this.join()
  }

  join(): this {
    this.#say({ event: 'dropped' })
    this.#say({ event: 'joined', partitions: [0, 1, 2] })
    return this
  }

  store(partition: number, from: number, count: number): this {
    const offsets = Array.from({ length: count }, (_, i) => from + i)
    this.#say({ event: 'taken', partition, offsets })
    this.#say({ event: 'stored', partition, offsets })
    return this
  }

  commit(offsets: Offsets): this {
    this.#at += 1
    for (const [partition, offset] of Object.entries(offsets)) {
      this.commits.push({ partition: Number(partition), offset, at: this.#at })
    }
    this.#say({ event: 'committed', offsets, isLate: false })
    return this
  }

  #say(event: TraceEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never) {
    this.#at += 1
    this.events.push({ at: this.#at, ...event } as TraceEvent)
  }
}

/** What C6 and C8 say first of it. */
function sayOf({ events, commits }: Run, hasTrace = true): string[] {
  const evidence = sampleRun()
  const batch = consumerOf(evidence, 'batch')
  batch.commits = commits
  batch.traces = hasTrace ? [{ file: 'trace.jsonl', events }] : null
  return ['C6', 'C8'].map((id) => firstViolation(evidence, id))
}

/** Twenty messages are committed: offsets 0 to 16 of partition 0, 0 to 2 of partition 1. */
function begin(): Run {
  return new Run().store(0, 0, 10).commit({ 0: 10 }).store(0, 10, 7).store(1, 0, 3).commit({
    0: 17,
    1: 3,
  })
}

describe('a group that is told an older commit than its last', () => {
  test.each<[string, Run]>([
    [
      'commits ten from there on',
      begin().join().store(0, 10, 7).store(1, 3, 3).commit({ 0: 17, 1: 6 }),
    ],
    [
      'commits less than before, and goes on',
      begin()
        .join()
        .store(0, 10, 4)
        .store(1, 3, 6)
        .commit({ 0: 14, 1: 9 })
        .store(0, 14, 10)
        .commit({ 0: 24 }),
    ],
    [
      'is told that nothing was ever committed',
      begin().join().store(0, 0, 10).commit({ 0: 10 }).store(0, 10, 10).commit({ 0: 20 }),
    ],
    [
      'is told so twice',
      begin().join().store(0, 10, 10).commit({ 0: 20 }).join().store(0, 17, 10).commit({ 0: 27 }),
    ],
  ])('%s: holds', (_what, run) => {
    expect(sayOf(run)).toEqual(['none', 'none'])
  })

  test.each<[string, Run, [RegExp, RegExp]]>([
    [
      'it reads from where nobody has ever committed',
      begin().join().store(0, 11, 4).store(1, 3, 6).commit({ 0: 15, 1: 9 }),
      [/partition 0 went back from 17 to 15/, /none/],
    ],
    [
      'the next commit of the same membership goes back as well',
      begin()
        .join()
        .store(0, 10, 10)
        .commit({ 0: 20 })
        .store(0, 10, 3)
        .store(1, 3, 7)
        .commit({ 0: 13, 1: 10 }),
      [/partition 0 went back from 20 to 13/, /none/],
    ],
    [
      'it commits seven instead of ten',
      begin().join().store(0, 10, 7).commit({ 0: 17 }).store(0, 17, 7).commit({ 0: 24 }),
      [/none/, /covers 7 messages instead of 10: 0 → 17/],
    ],
  ])('but %s: is a violation', (_what, run, says) => {
    const [c6, c8] = sayOf(run)
    expect(c6).toMatch(says[0])
    expect(c8).toMatch(says[1])
  })

  test('and nobody has written down where it began to read: is a violation', () => {
    const run = begin().join().store(0, 10, 7).store(1, 3, 3).commit({ 0: 17, 1: 6 })
    expect(sayOf(run, false)[1]).toMatch(/covers 3 messages instead of 10/)
  })

  test('is said beside the verdict', () => {
    const evidence = sampleRun()
    const run = begin().join().store(0, 10, 10).commit({ 0: 20 })
    Object.assign(consumerOf(evidence, 'batch'), {
      commits: run.commits,
      traces: [{ file: 'trace.jsonl', events: run.events }],
    })
    const c6 = judge(evidence).checks.find(({ id }) => id === 'C6')
    expect(c6?.remarks).toContain('1 times batch was told an older commit than its last')
  })
})
