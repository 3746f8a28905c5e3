import { join } from 'node:path'
import type { ConsumerName } from '@orders/platform/order-store'
import { expect, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import {
  findBusiestLeader,
  findController,
  findCoordinator,
  killBroker,
  mendAfterTest,
  mendCluster,
  untilLedByOthers,
} from './brokers.ts'
import { expectKept } from './evidence.ts'
import {
  endLoad,
  lastLines,
  startLoad,
  tellOnFailure,
  untilLogged,
  untilStoredMore,
  watchFences,
} from './load.ts'
import { startService } from './running-service.ts'

const ORDERS_PER_SECOND = 100
const PROGRESS = 100

interface Victim {
  role: string
  find: (bench: Bench) => Promise<number>
}

const victims: Victim[] = [
  { role: 'the leader of the busiest partition', find: findBusiestLeader },
  { role: 'the coordinator of a group', find: (bench) => findCoordinator(bench, 'batch') },
  { role: 'the controller', find: findController },
]

test.each(victims)(
  'keeps every order, and goes on, through a kill -9 of $role',
  { timeout: 180_000 },
  async ({ find }) => {
    const bench = createBench()
    mendAfterTest(bench)
    const load = startLoad(bench, ORDERS_PER_SECOND)
    // A coordinator that has just moved may tell an older commit: only the consumers know it then.
    const traceFileOf = (name: ConsumerName) => join(bench.folder, `${name}.trace.jsonl`)
    const consumers = (['auto', 'batch'] as const).map((name) =>
      startService(bench, `consumer-${name}`, { env: { TRACE_FILE: traceFileOf(name) } }),
    )
    tellOnFailure(load, ...consumers)
    await bothProgress(bench)
    const victim = await find(bench)
    const endWatch = watchFences(bench, ['auto', 'batch'])

    await killBroker(bench, victim)
    await untilLedByOthers(bench, victim)
    await untilLogged(bench, PROGRESS)
    await bothProgress(bench)

    await mendCluster(bench)
    await untilLogged(bench, PROGRESS)
    await endLoad(load)
    const { tried, acknowledged } = await expectKept(bench, ['auto', 'batch'], traceFileOf)
    expect(acknowledged).toHaveLength(tried.length)
    expect(await endWatch()).toEqual([])
    for (const consumer of consumers) {
      expect(await consumer.end('SIGTERM'), lastLines(consumer)).toMatchObject({ code: 0 })
    }
  },
)

async function bothProgress(bench: Bench): Promise<void> {
  await Promise.all([
    untilStoredMore(bench, 'auto', PROGRESS),
    untilStoredMore(bench, 'batch', PROGRESS),
  ])
}
