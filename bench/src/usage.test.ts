import { expect, test } from 'vitest'
import { usageBetween, type UsageSample } from './usage.ts'

function sample(atMs: number, client: number | null): UsageSample {
  return { atMs, client, brokers: atMs / 1_000, redis: null }
}

test('draws lines between the samples around both ends', () => {
  const samples = [sample(0, 1), sample(100, 2), sample(200, 4)]
  const used = usageBetween(samples, { fromMs: 50, toMs: 150 })
  expect(used.client).toBeCloseTo(1.5)
  expect(used.brokers).toBeCloseTo(0.1)
})

test('beyond the samples the nearest one counts', () => {
  const samples = [sample(100, 2), sample(200, 4)]
  expect(usageBetween(samples, { fromMs: 0, toMs: 900 }).client).toBe(2)
})

test('a process that has ended is known until then', () => {
  const samples = [sample(0, 0), sample(100, 3), sample(200, null)]
  expect(usageBetween(samples, { fromMs: 0, toMs: 200 }).client).toBe(3)
})

test('what nobody has seen is not known', () => {
  const { redis } = usageBetween([sample(0, 0), sample(9, 1)], { fromMs: 0, toMs: 9 })
  expect(redis).toBeNull()
  expect(usageBetween([], { fromMs: 0, toMs: 9 }).client).toBeNull()
})
