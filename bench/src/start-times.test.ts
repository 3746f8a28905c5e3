import { expect, test } from 'vitest'
import { renderStart } from './output.ts'
import { renderStartReport } from './report.ts'
import { startTable, type StartResult, type StartTimes } from './start-times.ts'
import { hasJoined, hasSpoken } from './start-watch.ts'

const COLD: StartTimes = {
  npm: 300,
  brokers: 3_000,
  registry: 5_000,
  cluster: 6_000,
  loaded: 6_500,
  topic: 7_000,
  joined: 9_000,
  acknowledged: 8_000,
  auto: 9_100,
  batch: 9_250,
}
const WARM: StartTimes = { ...COLD, brokers: 10, registry: 20, cluster: 500, auto: null }

function resultOf(cold: StartTimes[], warm: StartTimes[]): StartResult {
  const machine = { versions: { Node: '20.20.2' }, cores: 2, memoryMb: 4_096, processor: 'x' }
  const command = 'npm run bench -- --start'
  return { command, startedAt: '2026-01-01T12:34:56.000Z', machine, cold, warm }
}

test('steps stand in the order in which a cold start comes by them', () => {
  const { rows } = startTable(resultOf([COLD], [WARM]))
  expect(rows.map(([name]) => name)).toEqual([
    'npm has begun the demo',
    'the ports of all three brokers are open',
    'the registry answers',
    'the demo says that the cluster can be used',
    'both consumers have said their first word',
    'topic and schema are there',
    'the first order is acknowledged',
    'both consumers have their partitions',
    'the first order is in Redis, by consumer-auto',
    'the first order is in Redis, by consumer-batch',
  ])
  const cold = ['5.00', '2.00', '5.00–5.00']
  const warm = ['0.02', '0.01', '0.02–0.02']
  expect(rows[2]).toEqual(['the registry answers', ...cold, ...warm])
})

test('the middle of all runs; what was never seen has no number', () => {
  const { rows } = startTable(resultOf([COLD, { ...COLD, brokers: 5_000 }], [WARM]))
  expect(rows[1]).toEqual(
    expect.arrayContaining(['the ports of all three brokers are open', '4.00', '3.00–5.00']),
  )
  expect(rows[8]?.slice(4)).toEqual(['–', '–', '–'])
  // The line after it has nothing to be held against.
  expect(rows[9]?.[5]).toBe('–')
})

test('the same for a terminal and as Markdown', () => {
  const result = resultOf([COLD], [WARM])
  expect(renderStart(result)).toMatch(/the registry answers.*5\.00.*2\.00/)
  expect(renderStartReport(result)).toContain(
    '| the registry answers | 5.00 | 2.00 | 5.00–5.00 | 0.02 | 0.01 | 0.02–0.02 |',
  )
})

test('a consumer that has said anything is loaded', () => {
  const output =
    'consumer-auto  │ 12:00:00.000 INFO: group a on b\ndemo           │ consumer-batch\n'
  expect(hasSpoken(output, 'auto')).toBe(true)
  expect(hasSpoken(output, 'batch')).toBe(false)
})

test('a consumer has joined when it names partitions', () => {
  const line = (rest: string) => `producer       │ x\nconsumer-auto  │ 12:00:00.000 INFO: ${rest}`
  expect(hasJoined(line('joined the group: partitions 0, 1'), 'auto')).toBe(true)
  expect(hasJoined(line('joined the group: partitions none'), 'auto')).toBe(false)
  expect(hasJoined(line('joined the group: partitions 0, 1'), 'batch')).toBe(false)
})
