import { expect, test } from 'vitest'
import { sampleInjection, sampleRun, sampleVerdict } from './drill-result.samples.ts'
import { concludeDrill } from './drill-result.ts'
import { toJUnit } from './junit.ts'
import { renderReport } from './report.ts'

const passed = concludeDrill(sampleRun([sampleInjection]), sampleVerdict(0), null, 5_000)
const failed = concludeDrill(sampleRun([sampleInjection]), sampleVerdict(1), null, 5_000)
const broken = concludeDrill(sampleRun([]), null, 'no leader', 5_000)

const facts = {
  command: 'npm run drill -- all',
  seed: 7,
  tier: 'smoke',
  startedAt: '2026-01-01T00:00:00.000Z',
  versions: { Kafka: '4.3.1' },
  cores: 2,
  memoryMb: 4_096,
  processor: 'some',
} as const

test('the report has a row a drill, the sums, and what was wrong', () => {
  const report = renderReport([
    { ...facts, results: [passed, failed] },
    { ...facts, seed: 8, results: [broken] },
  ])
  expect(report).toContain('Kafka 4.3.1')
  expect(report).toContain('seed 7')
  expect(report).toContain('seed 8')
  expect(report).toContain('| **all** | 1 of 3 passed | 2 | 2 | 0 | 1 | 9.0 s | 9.0 s |')
  expect(report).toContain('- C1: order <a> & "b" is missing')
  expect(report).toContain('- no leader')
})

test('a report of nothing is still one', () => {
  expect(renderReport([{ ...facts, results: [] }])).toContain('0 of 0 passed')
})

test('JUnit: a failure, an error, and text that is safe in XML', () => {
  const xml = toJUnit([passed, failed, broken])
  expect(xml).toContain('tests="3" failures="1" errors="1" skipped="0"')
  expect(xml).toContain('order &lt;a&gt; &amp; &quot;b&quot; is missing')
  expect(xml).toContain('<error message="no leader"/>')
})
