import { ordersTopic } from '@orders/platform/kafka/topics'
import { Registry } from '@orders/platform/schema-registry'
import { orderSchemaText } from '@orders/schemas/order-avro'
import { expect, test } from 'vitest'
import { askKafka, createBench, type Bench } from './bench.ts'
import { countRecords } from './dead-letter-topic.ts'
import { expectKept, readAccount } from './evidence.ts'
import { evolvedSchemaText, stringTotalSchemaText } from '@orders/drills/faults/poison-kinds'
import { fetchCompatibility, fetchVersions, registerText, setCompatibility } from './registry.ts'
import { startService, type RunningService } from './running-service.ts'

const COUNT = 12
const ROUNDS = 10

test('registers the schema with its documentation, and lets only readable ones follow', async () => {
  const bench = createBench()
  await produce(bench)
  await produce(bench)

  expect(await fetchVersions(bench, subjectOf(bench))).toEqual([orderSchemaText])
  expect(orderSchemaText).toContain('"doc":"Where the confirmation goes."')
  expect(await fetchCompatibility(bench, subjectOf(bench))).toBe('BACKWARD')
})

test('lets producers begin at the same moment on a topic that nobody has used', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const bench = createBench()
    const registries = Array.from({ length: 4 }, () => new Registry(bench.registryUrl))
    const ids = await Promise.all(
      registries.map((registry) => registry.register(subjectOf(bench), orderSchemaText)),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await fetchCompatibility(bench, subjectOf(bench))).toBe('BACKWARD')
  }
})

test('never sends anything under a schema that cannot read what is there', async () => {
  const bench = createBench()
  await registerText(bench, subjectOf(bench), { schema: stringTotalSchemaText })
  const { code, line } = await refusedProducer(bench)

  expect(code).toBe(1)
  expect(line).toContain(`does not fit subject ${subjectOf(bench)}`)
  expect(line).toMatch(/LONG not compatible with writer type: STRING at .*\(totalCents\)/)
  expect(await fetchVersions(bench, subjectOf(bench))).toEqual([stringTotalSchemaText])
  await expectNothingSent(bench)
})

test('never sends anything where somebody has set another compatibility', async () => {
  const bench = createBench()
  await registerText(bench, subjectOf(bench), { schema: orderSchemaText })
  await setCompatibility(bench, subjectOf(bench), 'FULL')
  const { code, line } = await refusedProducer(bench)

  expect(code).toBe(1)
  expect(line).toContain(`subject ${subjectOf(bench)} has compatibility FULL instead of BACKWARD`)
  expect(await fetchCompatibility(bench, subjectOf(bench))).toBe('FULL')
  await expectNothingSent(bench)
})

test('goes on where an earlier version of the schema is, whoever has registered it', async () => {
  const bench = createBench()
  await registerText(bench, subjectOf(bench), { schema: evolvedSchemaText })
  await produce(bench)
  const consumers = [startService(bench, 'consumer-auto'), startService(bench, 'consumer-batch')]

  const { tried } = await expectKept(bench)
  expect(tried).toHaveLength(COUNT)
  const versions = await fetchVersions(bench, subjectOf(bench))
  expect(versions).toEqual([evolvedSchemaText, orderSchemaText])
  expect(await fetchCompatibility(bench, subjectOf(bench))).toBe('BACKWARD')
  for (const consumer of consumers) expect(consumer.count(/dead-lettered/)).toBe(0)
})

function subjectOf({ topic }: Bench): string {
  return `${topic}-value`
}

async function produce(bench: Bench): Promise<void> {
  const producer = startProducer(bench)
  expect(await producer.exited, producer.output).toMatchObject({ code: 0 })
}

function startProducer(bench: Bench): RunningService {
  return startService(bench, 'producer', { args: ['--count', String(COUNT), '--interval', '0'] })
}

/** How a producer ends that is refused, and the one line that says why; never a stack. */
async function refusedProducer(bench: Bench): Promise<{ code: number | null; line: string }> {
  // The topic is there already: the registry alone is in the way.
  await askKafka(bench, (admin) => admin.ensureTopic(ordersTopic(bench.topic)))
  const producer = startProducer(bench)
  const { code } = await producer.exited
  const errors = producer.lines.filter((line) => line.includes('ERROR'))
  expect(errors, producer.output).toHaveLength(1)
  expect(producer.count(/^ +at /)).toBe(0)
  return { code, line: errors[0] ?? '' }
}

async function expectNothingSent(bench: Bench): Promise<void> {
  expect(await countRecords(bench, bench.topic)).toBe(0n)
  expect(await readAccount(bench)).toEqual({ tried: [], acknowledged: [] })
}
