import { describe, expect, test } from 'vitest'
import { consumerOf, sayHealthy, sure, violatedBy } from './altered.samples.ts'
import type { Evidence, LogRecord } from './evidence.ts'
import { faults } from './faults.samples.ts'
import { judge } from './judge.ts'
import { sampleRun } from './run.samples.ts'

describe('a single fault is seen by the check that it is for', () => {
  test.each(faults)('%s: %j', (_what, ids, breakIt) => {
    const evidence = sampleRun()
    expect(violatedBy(evidence)).toEqual([])
    breakIt(evidence)
    expect(violatedBy(evidence)).toEqual(ids)
    expect(judge(evidence).exitCode).toBe(1)
  })

  test.each<[string, string[], (evidence: Evidence) => void]>([
    ['is not among the dead letters', ['C9'], (e) => void e.deadLetters.pop()],
    [
      'is among the dead letters twice',
      ['C9'],
      (e) => void e.deadLetters.push(sure(e.deadLetters[0])),
    ],
    ['has other bytes there', ['C9'], (e) => void (sure(e.deadLetters[0]).valueDigest = 'x')],
    ['has another key there', ['C9'], (e) => void (sure(e.deadLetters[0]).keyDigest = null)],
    [
      'is there without where it is from',
      ['C9'],
      (e) => void (sure(e.deadLetters[0]).source = null),
    ],
    ['lacks a header', ['C9'], (e) => sure(e.deadLetters[0]).missingHeaders.push('dlq.time')],
    [
      'was passed without being counted',
      ['C2'],
      (e) => {
        const { partition } = sure(e.log.records.find(({ bad }) => bad !== null))
        sure(consumerOf(e, 'auto').positions.get(partition)).deadLettered = 0
      },
    ],
    ['made somebody say that nothing was broken', ['C9'], sayHealthy],
  ])('a bad message %s: %j', (_what, ids, breakIt) => {
    const evidence = sampleRun({ badChance: 0.2 })
    expect(violatedBy(evidence)).toEqual([])
    breakIt(evidence)
    expect(violatedBy(evidence)).toEqual(ids)
  })

  test.each<[string, string[], (evidence: Evidence, repeat: LogRecord) => void]>([
    ['is not healthy', ['C3'], sayHealthy],
    [
      'was skipped by a consumer',
      ['C2'],
      (e, { order, partition }) => {
        const { stored, positions } = consumerOf(e, 'batch')
        sure(stored.get(sure(order).orderId)).deliveries -= 1
        sure(positions.get(partition)).deliveredAgain -= 1
        consumerOf(e, 'batch').traces = null
      },
    ],
    [
      'has replaced the first one in Redis',
      ['C3'],
      (e, { order, offset }) => {
        sure(consumerOf(e, 'batch').stored.get(sure(order).orderId)).offset = offset
      },
    ],
  ])('an order that is on the log twice %s: %j', (_what, ids, breakIt) => {
    const evidence = sampleRun({ repeatChance: 0.1 })
    const orders = evidence.log.records.map((record) => record.order?.orderId)
    const at = orders.findIndex((orderId, index) => orders.indexOf(orderId) < index)
    expect(violatedBy(evidence)).toEqual([])
    breakIt(evidence, sure(evidence.log.records[at]))
    // A later place in Redis may also lie behind the customer's next order.
    expect(violatedBy(evidence).filter((id) => id !== 'C4')).toEqual(ids)
  })
})
