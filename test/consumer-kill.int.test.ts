import { expect, test } from 'vitest'
import { createBench, sumCommitted, type Bench } from './bench.ts'
import { expectKept, sumDeliveredAgain } from './evidence.ts'
import {
  endLoad,
  startLoad,
  tellOnFailure,
  untilDone,
  untilSaid,
  untilStoredMore,
  watchFences,
} from './load.ts'
import { startService, type RunningService } from './running-service.ts'

const BATCH_SIZE = 10

test('drops what consumer-batch had collected when it is killed: it comes again, once in effect', async () => {
  const benches = [1, 7, 9].map((collected) => ({ collected, bench: createBench() }))
  await Promise.all(benches.map(({ collected, bench }) => killAt(bench, collected)))
})

/** One life that ends with so many collected, and another that has to take them in again. */
async function killAt(bench: Bench, collected: number): Promise<void> {
  await send(bench, collected)
  const first = startService(bench, 'consumer-batch')
  await untilSaid(first, new RegExp(`, ${collected}/${BATCH_SIZE} collected`))
  await first.end('SIGKILL')
  expect(await sumCommitted(bench, 'batch')).toBe(0)

  const second = startService(bench, 'consumer-batch')
  tellOnFailure(first, second)
  await untilSaid(second, /again \(delivery 2, kept once\)/, collected)
  await send(bench, BATCH_SIZE - collected)
  await untilSaid(second, /10 committed: /)
  expect(await sumCommitted(bench, 'batch')).toBe(BATCH_SIZE)
  expect(second.count(/\(delivery 2,/)).toBe(collected)
  expect(await sumDeliveredAgain(bench, 'batch')).toBe(collected)
  const { tried } = await expectKept(bench, ['batch'])
  expect(tried).toHaveLength(BATCH_SIZE)
}

async function send(bench: Bench, count: number): Promise<void> {
  const args = ['--count', String(count), '--interval', '0']
  await untilDone(startService(bench, 'producer', { args }))
}

test('has nothing twice and loses nothing when both consumers are killed under load', async () => {
  const bench = createBench()
  const load = startLoad(bench, 100)
  const first = startBoth(bench)
  await bothProgress(bench, 150)
  const endWatch = watchFences(bench, ['auto', 'batch'])
  await Promise.all(first.map((consumer) => consumer.end('SIGKILL')))
  const second = startBoth(bench)
  tellOnFailure(load, ...first, ...second)
  await bothProgress(bench, 150)
  await endLoad(load)

  await expectKept(bench)
  // What was stored but not committed at the moment of the kill, and no more, comes again: one order,
  // or ten whose commit is out and the next ten.
  expect(await sumDeliveredAgain(bench, 'auto')).toBeLessThanOrEqual(1)
  expect(await sumDeliveredAgain(bench, 'batch')).toBeLessThanOrEqual(2 * BATCH_SIZE)
  expect(await endWatch()).toEqual([])
})

function startBoth(bench: Bench): RunningService[] {
  return [startService(bench, 'consumer-auto'), startService(bench, 'consumer-batch')]
}

async function bothProgress(bench: Bench, count: number): Promise<void> {
  await Promise.all([untilStoredMore(bench, 'auto', count), untilStoredMore(bench, 'batch', count)])
}
