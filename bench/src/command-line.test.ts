import { expect, test } from 'vitest'
import { ordersOf, readCommandLine } from './command-line.ts'
import { PEERS } from './rows.ts'
import { TASKS } from './tasks.ts'

function plan(...args: string[]) {
  const read = readCommandLine(args)
  if (read === null) throw new Error('no plan')
  return read
}

function ordersPerTask(...args: string[]): number[] {
  const read = plan(...args)
  return read.tasks.map((task) => ordersOf(read, task))
}

test('without a flag everything is measured, five times', () => {
  expect(plan()).toMatchObject({ tasks: TASKS, peers: PEERS, reps: 5, partitions: 5 })
  expect(ordersPerTask()).toEqual(TASKS.map(({ orders }) => orders))
})

test('names come with commas, and are done in the usual order', () => {
  const read = plan('--task', 'latency,produce', '--peers', 'perf-test, kafkajs')
  expect(read.tasks.map(({ name }) => name)).toEqual(['produce', 'latency'])
  expect(read.peers).toEqual(['kafkajs', 'perf-test'])
  expect(plan('--peers', 'none').peers).toEqual([])
})

test('quick is little of everything, unless more is asked for', () => {
  expect(plan('--quick')).toMatchObject({
    reps: 1,
    peers: ['kafkajs', 'redis-benchmark', 'commits'],
  })
  expect(plan('--quick', '--reps', '2', '--peers', 'none')).toMatchObject({ reps: 2, peers: [] })
  expect(ordersPerTask('--quick')).toEqual(TASKS.map(({ quickOrders }) => quickOrders))
  expect(ordersPerTask('--quick', '--count', '700', '--task', 'auto-one')).toEqual([700])
})

test('what cannot be followed is one clear line', () => {
  expect(() => plan('--task', 'cook')).toThrow(/There is no task "cook", only produce, /)
  expect(() => plan('--peers', 'jr')).toThrow(/There is no peer "jr", only kafkajs, /)
  expect(() => plan('--peers', 'none,kafkajs')).toThrow(/There is no peer "none"/)
  expect(() => plan('--count', '3')).toThrow(/whole number from 100/)
  expect(() => plan('--reps', '0')).toThrow(/whole number from 1/)
  expect(() => plan('--partitions', 'five')).toThrow(/whole number/)
  expect(() => plan('--nonsense')).toThrow(/see --help/)
  expect(() => plan('produce')).toThrow(/see --help/)
  expect(() => plan('--json', 'a', '--report', 'a')).toThrow(/same file/)
  expect(() => plan('--nonsense')).not.toThrow(/\n/)
})

test('how a group grows, and how large orders are', () => {
  expect(plan()).toMatchObject({ members: 1, orderBytes: 287 })
  const read = plan('--members', '4', '--partitions', '20', '--order-bytes', '3000')
  expect(read).toMatchObject({ members: 4, partitions: 20, orderBytes: 3_000 })
  expect(() => plan('--members', '0')).toThrow(/whole number from 1/)
  expect(() => plan('--order-bytes', '1000000')).toThrow(/whole number from 0 to 30000/)
})

test('what is to grow: our rows once, without the times', () => {
  expect(plan().grow).toEqual([])
  const read = plan('--grow', 'bytes, partitions')
  expect(read).toMatchObject({ grow: ['partitions', 'bytes'], peers: [], reps: 1 })
  expect(read.tasks.map(({ name }) => name)).not.toContain('latency')
  expect(plan('--grow', 'count', '--task', 'latency').tasks.map(({ name }) => name)).toEqual([
    'latency',
  ])
  expect(plan('--grow', 'count', '--peers', 'kafkajs', '--reps', '3')).toMatchObject({
    peers: ['kafkajs'],
    reps: 3,
  })
  expect(() => plan('--grow', 'up')).toThrow(/There is no series "up", only partitions, /)
})

test('where CPU time goes: our rows once', () => {
  expect(plan()).toMatchObject({ isProfiled: false })
  expect(plan('--profile')).toMatchObject({ isProfiled: true, peers: [], reps: 1, tasks: TASKS })
})

test('starts are measured alone, three times', () => {
  expect(plan()).toMatchObject({ isStart: false })
  expect(plan('--start')).toMatchObject({ isStart: true, reps: 3 })
  expect(plan('--start', '--reps', '2').reps).toBe(2)
  expect(plan('--start', '--quick').reps).toBe(1)
  expect(() => plan('--start', '--task', 'produce')).toThrow(/--start goes with --reps/)
  expect(() => plan('--start', '--profile')).toThrow(/--start goes with --reps/)
})

test('files and the list', () => {
  expect(plan('--list').isList).toBe(true)
  expect(plan('--json', 'a.json', '--report', 'b.md', '--keep')).toMatchObject({
    jsonFile: 'a.json',
    reportFile: 'b.md',
    isKept: true,
  })
})
