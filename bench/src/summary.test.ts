import { expect, test } from 'vitest'
import { sampleMeasure, sampleRow, sampleTask } from './result.samples.ts'
import { summarize } from './summary.ts'

const OURS = { isOurs: true }

function summaryOf(task: ReturnType<typeof sampleTask>, name: string) {
  const found = summarize(task).find((row) => row.name === name)
  if (found === undefined) throw new Error(`there is no row ${name}`)
  return found
}

test('rates are orders by seconds, with the middle, the least and the most', () => {
  const task = sampleTask([sampleRow('kafkajs', [1, 2, 4])])
  expect(summaryOf(task, 'kafkajs').rate).toEqual({ median: 500, min: 250, max: 1_000 })
})

test('ratios are made run by run, and the middle of them counts', () => {
  // A slow third turn slows both: as a ratio it is the same.
  const task = sampleTask([
    sampleRow('producer', [1, 1, 10], OURS),
    sampleRow('kafkajs', [2, 2, 20]),
  ])
  expect(summaryOf(task, 'kafkajs').rateRatio).toBe(2)
  expect(summaryOf(task, 'producer').rateRatio).toBeNull()
})

test('a run that failed is left out with its partner', () => {
  const theirs = sampleRow('kafkajs', [2, 2])
  theirs.runs[0] = { rep: 1, kind: 'failed', reason: 'it died' }
  const task = sampleTask([sampleRow('producer', [1, 4], OURS), theirs])
  expect(summaryOf(task, 'kafkajs')).toMatchObject({ rateRatio: 0.5, runs: 1 })
})

test('without a row of ours there is nothing to compare', () => {
  const absent = sampleRow('producer', [], { ...OURS, absent: 'not built yet' })
  const task = sampleTask([absent, sampleRow('kafkajs', [2])])
  expect(summaryOf(task, 'kafkajs').rateRatio).toBeNull()
  expect(summaryOf(task, 'producer').rate).toBeNull()
})

test('only rows that are compared as the same thing are held against each other', () => {
  const rows = [
    sampleRow('auto', [1], { ...OURS, comparedAs: 'auto' }),
    sampleRow('batch', [4], { ...OURS, comparedAs: 'batch' }),
    sampleRow('kafkajs batch', [2], { comparedAs: 'batch' }),
  ]
  expect(summaryOf(sampleTask(rows), 'kafkajs batch').rateRatio).toBe(0.5)
})

test('CPU seconds are for 100 000 orders', () => {
  const task = sampleTask([sampleRow('kafkajs', [1])])
  expect(summaryOf(task, 'kafkajs')).toMatchObject({
    cpuClient: 50,
    cpuBrokers: 25,
    cpuRedis: null,
  })
})

test('latencies have ratios of their own', () => {
  const row = (name: string, p50Ms: number, p99Ms: number, isOurs: boolean) => {
    const measure = sampleMeasure(1, { latency: { p50Ms, p99Ms } })
    return sampleRow(name, [], { isOurs, runs: [{ rep: 1, kind: 'measured', measure }] })
  }
  const task = sampleTask([row('ours', 2, 9, true), row('kafkajs', 1, 18, false)])
  expect(summaryOf(task, 'kafkajs')).toMatchObject({ p50Ratio: 2, p99Ratio: 0.5 })
})
