import { expect, test } from 'vitest'
import { reasonToLeaveOut } from './grow.ts'
import { sampleRow, sampleStep } from './result.samples.ts'

const next = sampleStep(100_000, { orders: 100_000 })

test('a step that the one before it shows to be too long is left out', () => {
  const fast = sampleStep(1_000, { rows: [sampleRow('producer', [1, 0.8])] })
  expect(reasonToLeaveOut(next, undefined)).toBeNull()
  // 1000 orders a second: 100 s.
  expect(reasonToLeaveOut(next, fast)).toMatch(/100000 orders would take about 100 s/)
  expect(reasonToLeaveOut({ ...next, orders: 90_000 }, fast)).toBeNull()
})

test('the slowest row decides', () => {
  const rows = [sampleRow('producer', [0.1]), sampleRow('kafkajs', [2])]
  expect(reasonToLeaveOut(next, sampleStep(1_000, { rows }))).toMatch(/about 200 s/)
})

test('after one that was left out or has failed nothing larger is tried', () => {
  const out = sampleStep(1_000, { leftOut: 'too long', rows: [] })
  expect(reasonToLeaveOut(next, out)).toBe('too long')
  const failed = sampleStep(1_000, { rows: [sampleRow('producer', [])] })
  expect(reasonToLeaveOut(next, failed)).toMatch(/nothing was measured with 1000 orders/)
})

test('where the number of orders does not grow, a failed step says nothing about the next', () => {
  const failed = sampleStep(5, { leftOut: 'error: no disk', hasFailed: true, rows: [] })
  expect(reasonToLeaveOut(sampleStep(20), failed)).toBeNull()
})
