import { expect, test } from 'vitest'
import { parsePerfTest, parseRedisBenchmark } from './tool-output.ts'

const PERF_TEST = `49922 records sent, 9984.4 records/sec (1.9 MB/sec), 3.1 ms avg latency, 90.0 ms max latency.
100000 records sent, 85397.1 records/sec (16.29 MB/sec), 2.91 ms avg latency, 290.00 ms max latency, 1 ms 50th, 12 ms 95th, 30 ms 99th, 45 ms 99.9th.
`

test('the total of the perf test counts, not what it says on the way', () => {
  expect(parsePerfTest(PERF_TEST)).toBe(85_397.1)
  expect(() => parsePerfTest('Exception in thread main')).toThrow(/Exception in thread/)
})

test('both forms of what redis-benchmark prints', () => {
  expect(parseRedisBenchmark('"SET","13036.12"\n')).toBe(13_036.12)
  const later = '"test","rps","avg_latency_ms"\n"SET","96852.30","0.099"\n'
  expect(parseRedisBenchmark(later)).toBe(96_852.3)
  expect(() => parseRedisBenchmark('Could not connect')).toThrow(/Could not connect/)
})
