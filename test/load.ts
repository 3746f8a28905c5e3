import type { ConsumerName } from '@orders/platform/order-store'
import { expect, onTestFailed } from 'vitest'
import { askKafka, readPositions, type Bench } from './bench.ts'
import { readEnds, sumStored } from './evidence.ts'
import { startService, type RunningService } from './running-service.ts'
import { until } from './until.ts'

const WITHOUT_END = '100000000'
const SAMPLE_LIMIT = 100_000

/** Starts a producer that goes on until it is told to end. */
export function startLoad(bench: Bench, ordersPerSecond: number): RunningService {
  const args = ['--count', WITHOUT_END, '--rate', String(ordersPerSecond)]
  return startService(bench, 'producer', { args })
}

/** Ends a load; all that it has made must be acknowledged. */
export async function endLoad(load: RunningService): Promise<void> {
  // Earlier it may not listen to signals yet.
  await untilSaid(load, /acknowledged/)
  expect(await load.end('SIGTERM'), lastLines(load)).toMatchObject({ code: 0 })
}

/** Waits for a producer that ends by itself; all that it has made must be acknowledged. */
export async function untilDone(producer: RunningService): Promise<void> {
  expect(await producer.exited, lastLines(producer)).toMatchObject({ code: 0 })
}

/** The end of what a service has said, for the message of a failed test. */
export function lastLines(service: RunningService): string {
  return service.lines.slice(-60).join('\n')
}

/** Shows the end of what services have said when their test fails. */
export function tellOnFailure(...services: RunningService[]): void {
  onTestFailed(() => {
    for (const service of services) process.stderr.write(`${lastLines(service)}\n\n`)
  })
}

/** Waits until a service has said something so many times. */
export async function untilSaid(
  service: RunningService,
  pattern: RegExp,
  times = 1,
): Promise<void> {
  try {
    await until(`${String(pattern)} comes ${times} times`, () => service.count(pattern) >= times)
  } catch (cause) {
    throw new Error(lastLines(service), { cause })
  }
}

/** Waits until a consumer has stored so many orders more than now. */
export async function untilStoredMore(
  bench: Bench,
  name: ConsumerName,
  count: number,
): Promise<void> {
  let before: number | null = null
  await until(`consumer-${name} has stored ${count} more`, async () => {
    const now = await sumStored(bench, name)
    before ??= now
    return now >= before + count
  })
}

/** Waits until the log holds so many records more than now. */
export async function untilLogged(bench: Bench, count: number): Promise<void> {
  const length = async (): Promise<bigint> =>
    [...(await readEnds(bench)).values()].reduce((sum, end) => sum + end, 0n)
  let before: bigint | null = null
  await until(`${count} records more`, async () => {
    const now = await length()
    before ??= now
    return now >= before + BigInt(count)
  })
}

/** The partitions that a member was given last; none when it has not joined. */
export function ownedBy(member: RunningService): number[] {
  const line = member.lines.findLast((text) => /joined the group: partitions/.test(text))
  return line === undefined ? [] : (line.split('partitions')[1]?.match(/\d+/g) ?? []).map(Number)
}

/** Waits until these members share all five partitions, each of them owned by exactly one. */
export async function untilShared(members: RunningService[]): Promise<void> {
  await until('the members share the partitions', () => {
    const shares = members.map(ownedBy)
    return shares.every(({ length }) => length > 0) && isWhole(shares.flat())
  })
}

function isWhole(partitions: number[]): boolean {
  return partitions.sort((a, b) => a - b).join() === '0,1,2,3,4'
}

/**
 * Looks again and again whether a commit is ever ahead of what is stored: Kafka first, then Redis.
 * The returned function ends it and gives every such moment.
 */
export function watchFences(bench: Bench, names: ConsumerName[]): () => Promise<string[]> {
  const ahead: string[] = []
  let isOver = false
  const watch = async (): Promise<void> => {
    for (let sample = 0; !isOver && sample < SAMPLE_LIMIT; sample += 1) {
      // Brokers die in these tests; a sample that could not be taken is none.
      for (const name of names) ahead.push(...(await sampleFences(bench, name).catch(() => [])))
    }
  }
  const watching = watch()
  return async () => {
    isOver = true
    await watching
    return ahead
  }
}

async function sampleFences(bench: Bench, name: ConsumerName): Promise<string[]> {
  const committed = await askKafka(bench, (admin) =>
    admin.fetchCommitted(bench.groupOf(name), bench.topic),
  )
  const positions = await readPositions(bench, name)
  return [...committed].flatMap(([partition, offset]) => {
    const next = positions[partition]?.next ?? 0n
    return offset <= next ? [] : [`${name}: ${partition} committed ${offset}, stored ${next}`]
  })
}
