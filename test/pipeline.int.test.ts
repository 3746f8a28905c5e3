import { expect, test } from 'vitest'
import {
  askKafka,
  createBench,
  readAcknowledged,
  readPositions,
  readStored,
  sumCommitted,
} from './bench.ts'
import { startService } from './running-service.ts'
import { until } from './until.ts'

const COUNT = 57

test('every order of a run is acknowledged, stored once by both, and committed as promised', async () => {
  const bench = createBench()
  const auto = startService(bench, 'consumer-auto')
  const batch = startService(bench, 'consumer-batch')
  const args = ['--count', String(COUNT), '--interval', '5']
  const producer = startService(bench, 'producer', { args })
  expect(await producer.exited, producer.output).toMatchObject({ code: 0 })

  const acknowledged = await readAcknowledged(bench)
  expect(acknowledged.size).toBe(COUNT)
  for (const name of ['auto', 'batch'] as const) {
    await until(`consumer-${name} has everything`, async () => {
      const positions = await readPositions(bench, name)
      return positions.reduce((sum, { stored }) => sum + stored, 0) === COUNT
    })
    const stored = await readStored(bench, name)
    const places = [...stored].map(([id, hash]) => [id, `${hash['partition']}/${hash['offset']}`])
    expect(new Map(places as [string, string][])).toEqual(acknowledged)
    expect([...stored.values()].every(({ deliveries }) => deliveries === '1')).toBe(true)
  }
  await until(
    'consumer-auto has committed all',
    async () => (await sumCommitted(bench, 'auto')) === COUNT,
  )
  expect(await sumCommitted(bench, 'batch')).toBe(50)
  expect(batch.count(/10 committed/)).toBe(5)
  expect(batch.count(/7\/10 collected/)).toBeGreaterThanOrEqual(5)

  for (const consumer of [auto, batch]) {
    expect(await consumer.end('SIGTERM'), consumer.output).toMatchObject({ code: 0 })
  }
  const ranges = await askKafka(bench, (admin) => admin.fetchRanges(bench.topic))
  expect(ranges).toHaveLength(5)
})
