import { expect, test } from 'vitest'
import { renderSeries } from './output.ts'
import { renderReport } from './report.ts'
import { sampleResult, sampleRow, sampleStep } from './result.samples.ts'
import type { SeriesResult } from './result.ts'

const FAILED = sampleRow('producer', [], { isOurs: true })
FAILED.runs.push({ rep: 1, kind: 'failed', reason: 'no disk' })

function seriesOf(change: Partial<SeriesResult> = {}): SeriesResult {
  const steps = [
    sampleStep(5),
    sampleStep(20, { recordBytes: 600 }),
    sampleStep(50, { rows: [FAILED] }),
  ]
  const title = 'orders to Kafka'
  return { series: 'partitions', task: 'produce', title, kind: 'produce', steps, ...change }
}

test('a line a step, with the bytes a second of its own orders', () => {
  const report = renderReport(sampleResult([], [seriesOf()]))
  expect(report).toContain('## produce: partitions grow')
  expect(report).toContain('| partitions | row | orders | orders/s | MB/s |')
  expect(report).toContain('| 5 | producer (ours) | 1000 | 1000 | 0.300 | 50.0 | 25.0 | – | 100 |')
  expect(report).toContain('| 20 | producer (ours) | 1000 | 1000 | 0.600 | 50.0 | 25.0 | – | 100 |')
})

test('a step that fails is a line that says so', () => {
  for (const text of [renderReport(sampleResult([], [seriesOf()])), renderSeries(seriesOf())]) {
    expect(text).toMatch(/50 .*producer \(ours\).*1000.*none.*–/)
    expect(text).toContain('partitions 50, producer: run 1: error: no disk')
  }
})

test('so is one that was left out', () => {
  const leftOut = 'would take 200 s'
  const steps = [sampleStep(10), sampleStep(100, { leftOut, recordBytes: null, rows: [] })]
  const text = renderReport(sampleResult([], [seriesOf({ series: 'count', steps })]))
  expect(text).toContain('| 10 | producer (ours) | 1000 | 0.300 |')
  expect(text).toContain('| 100 | – | none | – | – | – | – | – |')
  expect(text).toContain('- orders 100: not measured: would take 200 s')
})

test('where times are measured, times grow', () => {
  expect(renderSeries(seriesOf({ kind: 'latency' }))).toMatch(/p50 ms.*p99 ms/)
})
