import { expect, test } from 'vitest'
import { latencyOf, windowOf } from './latency.ts'

test('the first fifth is dropped: programs are still warming up', () => {
  const passages = Array.from({ length: 100 }, (_, index) => ({
    key: `${index}`,
    madeAtMs: index,
    storedAtMs: index + (index < 20 ? 1_000 : 2),
  }))
  expect(latencyOf(passages)).toEqual({ p50Ms: 2, p99Ms: 2 })
  expect(windowOf(passages)).toEqual({ fromMs: 0, toMs: 1_019 })
  expect(latencyOf([])).toBeNull()
  expect(windowOf([])).toBeNull()
})
