import { expect, test } from 'vitest'
import { renderTask } from './output.ts'
import { renderReport } from './report.ts'
import { sampleMeasure, sampleResult, sampleRow, sampleTask } from './result.samples.ts'

const OURS = { isOurs: true, promises: 'a ledger' }

test('every row is a line with its rate, its ratio and what it promises', () => {
  const task = sampleTask([sampleRow('producer', [1], OURS), sampleRow('kafkajs', [2, 4])])
  const report = renderReport(sampleResult([task]))
  expect(report).toContain('| producer (ours) | 1000 | 1000–1000 | – | 50.0 | 25.0 | – | 100 | 1 |')
  expect(report).toContain('| kafkajs | 375 | 250–500 | 2.00 | 50.0 | 25.0 | – | 100 | 2 |')
  expect(report).toContain('- producer: a ledger')
  expect(report).toContain('## produce')
  expect(report).toContain('2026-01-01 12:34 UTC')
})

test('what the others are to a row of ours with other settings stands below the table', () => {
  const variant = { isOurs: true, isVariant: true, promises: 'the same, faster' }
  const rows = [
    sampleRow('producer', [1], OURS),
    sampleRow('producer, faster', [0.5], variant),
    sampleRow('kafkajs', [2]),
  ]
  const report = renderReport(sampleResult([sampleTask(rows)]))
  expect(report).toContain('| kafkajs | 500 | 500–500 | 2.00 |')
  expect(report).toContain('- producer, faster: the same, faster; orders/s: 4.00 × kafkajs')
  const alone = renderReport(sampleResult([sampleTask(rows.slice(0, 2))]))
  expect(alone).toContain('- producer, faster: the same, faster\n')
})

test('a row that is absent or failed says why, and has no numbers', () => {
  const absent = sampleRow('producer', [], { ...OURS, absent: 'not built yet: needs WORKERS' })
  const failed = sampleRow('kafkajs', [])
  failed.runs.push({ rep: 1, kind: 'failed', reason: '999 of 1000 orders are on the topic' })
  const task = sampleTask([absent, failed])
  for (const text of [renderReport(sampleResult([task])), renderTask(task)]) {
    expect(text).toContain('producer: not measured: not built yet: needs WORKERS')
    expect(text).toContain('kafkajs: run 1 is an error: 999 of 1000 orders are on the topic')
  }
})

test('latencies have columns of their own', () => {
  const measure = sampleMeasure(1, { latency: { p50Ms: 1.234, p99Ms: 123.4 } })
  const runs = [{ rep: 1, kind: 'measured' as const, measure }]
  const task = sampleTask([sampleRow('kafkajs auto', [], { runs })], { kind: 'latency' })
  const text = renderTask(task)
  expect(text).toMatch(/p50 ms.*p99 ms/)
  expect(text).toMatch(/kafkajs auto.*1\.23.*123/)
})
