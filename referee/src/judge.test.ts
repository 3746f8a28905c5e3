import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { consumerOf, eventsOf, firstViolation, mapOf, sure, violatedBy } from './altered.samples.ts'
import type { ConsumerEvidence, Evidence } from './evidence.ts'
import { judge } from './judge.ts'
import { atTheEnd, healthyRun, sampleRun } from './run.samples.ts'

const mixedRun = { badChance: 0.1, repeatChance: 0.1, unknownChance: 0.1, refusedChance: 0.05 }

describe('a run as it should be', () => {
  test('is not blamed for anything, and everything is judged', () => {
    const verdict = judge(sampleRun())
    expect(verdict.checks.map(({ outcome }) => outcome)).toEqual(Array(11).fill('holds'))
    expect(verdict.exitCode).toBe(0)
    expect(verdict.summary).toMatchObject({ tried: 60, acknowledged: 60, records: 60 })
  })

  test('may have kills, changes of the group, repeats, bad messages and lost answers', () => {
    const chance = (max: number) => fc.double({ min: 0, max, noNaN: true })
    const arbitrary = fc.record({
      seed: fc.integer(),
      partitions: fc.integer({ min: 1, max: 6 }),
      customers: fc.integer({ min: 1, max: 12 }),
      orders: fc.integer({ min: 0, max: 150 }),
      badChance: chance(0.3),
      repeatChance: chance(0.3),
      unknownChance: chance(0.3),
      refusedChance: chance(0.3),
      killChance: chance(0.1),
      rebalanceChance: chance(0.3),
      hasWorkerForEach: fc.boolean(),
    })
    fc.assert(
      fc.property(arbitrary, fc.boolean(), (options, isRunning) => {
        const evidence = sampleRun(options)
        const { checks } = judge({ ...evidence, circumstances: { ...atTheEnd, isRunning } })
        expect(checks.flatMap(({ violations }) => violations)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('may still be going: what came later than the log was read is left alone', () => {
    const evidence = sampleRun(mixedRun)
    const records = evidence.log.records.filter(({ partition, offset }) => {
      return offset < sure(evidence.log.ranges.get(partition)).end - 3
    })
    for (const range of evidence.log.ranges.values()) range.end -= 3
    evidence.log.records = records
    const circumstances = { ...atTheEnd, isRunning: true }
    expect(violatedBy({ ...evidence, circumstances })).toEqual([])
    expect(violatedBy(evidence)).toContain('C2')
  })

  test('may have lost its oldest records by retention', () => {
    const evidence = sampleRun(mixedRun)
    evidence.log.records = evidence.log.records.filter(({ offset }) => offset >= 5)
    for (const range of evidence.log.ranges.values()) range.low = 5
    const { checks } = judge(evidence)
    expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    expect(checks[0]?.remarks.join()).toMatch(/acknowledged places are gone by retention/)
  })
})

describe('the words', () => {
  test('tell an order that is nowhere from one that is elsewhere', () => {
    const moved = sampleRun()
    sure(sure(moved.ledger.orders.get('order-3')).acknowledged[0]).offset += 1
    expect(firstViolation(moved, 'C1')).toMatch(/order-3 .* it is at partition/)
    const gone = sampleRun()
    const order = sure(gone.ledger.orders.get('order-3'))
    mapOf(gone.ledger.orders).set('order-3', { ...order, orderId: 'order-x' })
    expect(firstViolation(gone, 'C1')).toMatch(/order-x .* it is nowhere on the log/)
  })

  test('are kept for a thousand, and counted for all', () => {
    const evidence = sampleRun({ orders: 1_500 })
    for (const order of evidence.ledger.orders.values()) order.digest = 'another'
    const [check] = judge(evidence).checks
    expect(check?.violations).toHaveLength(1_000)
    expect(check?.compared).toMatch(/1500 violations/)
  })
})

describe('circumstances', () => {
  test('that Redis has lost writes lets commits go back to where a process has rewound', () => {
    const evidence = sampleRun()
    const auto = consumerOf(evidence, 'auto')
    const commits = sure(auto.commits)
    const last = sure(commits.at(-1))
    const back = { ...last, offset: last.offset - 1, at: last.at + 10 }
    commits.push(back, { ...last, at: last.at + 20 })
    expect(violatedBy(evidence)).toEqual(['C6'])
    const { partition } = last
    const event = { event: 'rewound', at: last.at + 5, partition, offset: back.offset - 1 } as const
    sure(auto.traces?.[0]).events.push(event)
    expect(violatedBy(evidence)).toEqual([])
  })

  test('that somebody has moved the commits of a group excuses those', () => {
    const evidence = sampleRun()
    const commits = sure(consumerOf(evidence, 'batch').commits)
    commits.push({ partition: 0, offset: 0, at: 9e6 })
    evidence.circumstances = { ...atTheEnd, movedGroups: ['consumer-batch'] }
    expect(violatedBy(evidence)).toEqual([])
  })

  test('an answer that came after a change belongs to the membership before it', () => {
    const evidence = sampleRun()
    const { events, found } = eventsOf(consumerOf(evidence, 'batch'), 'committed')
    const last = sure(found.at(-1))
    last.isLate = true
    const at = events.indexOf(last)
    // Nothing that comes later is told any more, so deliveries cannot be counted.
    const rest = [{ event: 'dropped', at: 1 } as const, last, { ...joined, partitions: [] }]
    events.splice(at, events.length, ...rest)
    expect(violatedBy(evidence).filter((id) => id !== 'C3')).toEqual([])
  })
})

test('a commit in the name of a membership that has been replaced is a violation', () => {
  const evidence = sampleRun()
  const { events, found } = eventsOf(consumerOf(evidence, 'batch'), 'committed')
  const last = sure(found.at(-1))
  last.isLate = true
  const at = events.indexOf(last)
  events.splice(at, 0, { event: 'dropped', at: 1 }, { ...joined, partitions: [] })
  expect(violatedBy(evidence)).toContain('C6')
})

test('a write that ends after a change of the group counts for no commit', () => {
  const evidence = sampleRun()
  const { events, found } = eventsOf(consumerOf(evidence, 'batch'), 'stored')
  const { partition, offsets } = sure(found[0])
  const again = [
    { event: 'taken', at: 1, partition, offsets } as const,
    { event: 'dropped', at: 1 } as const,
    joined,
    { event: 'stored', at: 1, partition, offsets } as const,
  ]
  events.splice(events.findIndex(({ event }) => event === 'joined') + 1, 0, ...again)
  expect(violatedBy(evidence)).toEqual(['C3'])
})

const joined = { event: 'joined' as const, at: 1, partitions: [0, 1, 2] }

describe('what is missing', () => {
  test.each<[string, (evidence: Evidence) => void, number, string[]]>([
    ['a ledger', (e) => void (e.ledger = noLedger), 2, ['C1', 'C4', 'C10']],
    ['a consumer', (e) => void (e.consumers = []), 2, ['C2', 'C3', 'C5', 'C6', 'C7', 'C8']],
    ['history and traces', (e) => e.consumers.forEach(forget), 0, ['C6', 'C7', 'C8']],
    [
      'consumer-auto',
      (e) => void (e.consumers = e.consumers.filter(({ name }) => name === 'batch')),
      0,
      ['C7'],
    ],
    [
      'a line of the ledger',
      (e) => e.ledger.unreadable.push({ file: 'ledger.jsonl', line: 7, why: 'no JSON' }),
      2,
      ['C1'],
    ],
  ])('%s is told', (_what, take, exitCode, ids) => {
    const evidence = sampleRun()
    take(evidence)
    const verdict = judge(evidence)
    const open = verdict.checks.filter(({ outcome }) => outcome === 'not judged')
    expect(open.map(({ id }) => id)).toEqual(ids)
    expect(open.every(({ why }) => why !== null)).toBe(true)
    expect(verdict.exitCode).toBe(exitCode)
  })
})

const noLedger = { files: [], orders: new Map(), unreadable: [] }

function forget(consumer: ConsumerEvidence): void {
  consumer.commits = null
  consumer.traces = null
}

test('the counts are those of the run', () => {
  const evidence = sampleRun({ ...healthyRun, ...mixedRun, orders: 200 })
  const { summary } = judge(evidence)
  expect(summary.tried).toBe(200)
  expect(summary.acknowledged + summary.unknown + summary.refused).toBe(200)
  expect(summary.unknownOnLog).toBeLessThanOrEqual(summary.unknown)
  expect(summary.badRecords).toBe(summary.deadLetters)
  expect(summary.consumers.map(({ lost, secondEffects }) => lost + secondEffects)).toEqual([0, 0])
})
