import { expect, test } from 'vitest'
import { createBench, sumCommitted, type Bench } from './bench.ts'
import { expectKept, sumDeliveredAgain } from './evidence.ts'
import {
  endLoad,
  lastLines,
  ownedBy,
  startLoad,
  tellOnFailure,
  untilDone,
  untilSaid,
  untilShared,
  untilStoredMore,
  watchFences,
} from './load.ts'
import { startService, type RunningService } from './running-service.ts'
import { until } from './until.ts'

type ConsumerService = 'consumer-auto' | 'consumer-batch'

const BATCH_SIZE = 10
const COLLECTED = 7
const IN_ALL = 57
const PROGRESS = 100

test('drops what was collected when a member joins; its orders come again at their owner', async () => {
  const bench = createBench()
  await send(bench, COLLECTED)
  const first = startService(bench, 'consumer-batch')
  await untilSaid(first, /7\/10 collected/)

  const second = startService(bench, 'consumer-batch')
  tellOnFailure(first, second)
  await untilShared([first, second])
  expect(first.count(/7\/10 dropped/)).toBe(1)
  await until('all seven came again', () => {
    return first.count(/\(delivery 2,/) + second.count(/\(delivery 2,/) === COLLECTED
  })
  expect(await sumCommitted(bench, 'batch')).toBe(0)
  expectOnlyOwn([first, second])

  await send(bench, IN_ALL - COLLECTED)
  await until('both have all', async () => {
    return countStored(first) + countStored(second) === 2 * COLLECTED + IN_ALL - COLLECTED
  })
  const leftOver = IN_ALL - (await sumCommitted(bench, 'batch'))
  // Neither member alone may have ten left.
  expect(leftOver).toBeLessThanOrEqual(2 * (BATCH_SIZE - 1))

  expect(await second.end('SIGTERM'), lastLines(second)).toMatchObject({ code: 0 })
  await until('the one that stays has it all', () => ownedBy(first).length === 5)
  await until(
    'and has committed every ten',
    async () => (await sumCommitted(bench, 'batch')) === 50,
  )
  await expectKept(bench, ['batch'])
  expect(await sumDeliveredAgain(bench, 'batch')).toBe(COLLECTED + leftOver)
  expectOnlyOwn([first, second])
})

test('keeps every order and every rule of committing while members join, leave and are killed', async () => {
  const bench = createBench()
  const load = startLoad(bench, 80)
  const endWatch = watchFences(bench, ['auto', 'batch'])
  const members = await Promise.all([
    shuffle(bench, 'consumer-auto'),
    shuffle(bench, 'consumer-batch'),
  ])
  await endLoad(load)
  await expectKept(bench)
  expect(await endWatch()).toEqual([])
  expectOnlyOwn(members.flat())
  // Three changes of the group: at each one a member may have one order in hand, or ten whose
  // commit is out and the next ten.
  expect(await sumDeliveredAgain(bench, 'auto')).toBeLessThanOrEqual(2 * 4)
  expect(await sumDeliveredAgain(bench, 'batch')).toBeLessThanOrEqual(2 * 4 * 2 * BATCH_SIZE)
})

/** One member; a second joins and leaves politely; a third joins and is killed. */
async function shuffle(bench: Bench, service: ConsumerService): Promise<RunningService[]> {
  const progress = () =>
    untilStoredMore(bench, service === 'consumer-auto' ? 'auto' : 'batch', PROGRESS)
  const first = startService(bench, service)
  await progress()
  const second = startService(bench, service)
  tellOnFailure(first, second)
  await untilShared([first, second])
  await progress()
  expect(await second.end('SIGTERM'), lastLines(second)).toMatchObject({ code: 0 })
  await untilShared([first])
  await progress()
  const third = startService(bench, service)
  tellOnFailure(third)
  await untilShared([first, third])
  await progress()
  await third.end('SIGKILL')
  await untilShared([first])
  await progress()
  return [first, second, third]
}

async function send(bench: Bench, count: number): Promise<void> {
  const args = ['--count', String(count), '--interval', '0']
  await untilDone(startService(bench, 'producer', { args }))
}

function countStored(member: RunningService): number {
  return member.count(/ stored .* collected/)
}

/** No member says that it has committed a partition which it was not given last. */
function expectOnlyOwn(members: RunningService[]): void {
  const foreign = members.flatMap(({ lines }) => {
    let owned: number[] = []
    return lines.filter((line) => {
      if (line.includes('joined the group: partitions')) owned = numbersIn(line)
      if (!/ committed: | committed partition /.test(line)) return false
      return numbersIn(line).some((partition) => !owned.includes(partition))
    })
  })
  expect(foreign).toEqual([])
}

// «joined the group: partitions 0, 1», «10 committed: partition 0 → 7, partition 1 → 3».
function numbersIn(line: string): number[] {
  const [, list] = /partitions (.*)$/.exec(line) ?? []
  if (list !== undefined) return (list.match(/\d+/g) ?? []).map(Number)
  return [...line.matchAll(/partition (\d+)/g)].map(([, partition]) => Number(partition))
}
