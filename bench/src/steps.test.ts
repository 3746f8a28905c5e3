import { ORDER_BYTES_MAX } from '@orders/producer/larger-orders'
import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { SERIES, type SeriesName } from './series.ts'
import { stepsOf, type Step } from './steps.ts'
import { TASKS, type TaskName } from './tasks.ts'

function steps(series: SeriesName, name: TaskName, ...args: string[]): Step[] {
  const plan = readCommandLine(args)
  const task = TASKS.find((each) => each.name === name)
  if (plan === null || task === undefined) throw new Error('no plan')
  return stepsOf(series, task, plan)
}

test('partitions and members grow, everything else stays', () => {
  expect(steps('partitions', 'batch-one').map(({ partitions }) => partitions)).toEqual([
    1, 5, 20, 50,
  ])
  const members = steps('members', 'auto-partition', '--partitions', '20')
  expect(members.map((step) => step.members)).toEqual([1, 2, 3, 4])
  expect(members.every(({ partitions, orders }) => partitions === 20 && orders === 15_000)).toBe(
    true,
  )
})

test('a producer has no group that could grow, and neither has the latency task', () => {
  expect(steps('members', 'produce')).toEqual([])
  expect(steps('members', 'latency')).toEqual([])
})

test('larger orders are fewer, so that a step stays within its bytes', () => {
  const grown = steps('bytes', 'produce')
  expect(grown.map(({ orderBytes }) => orderBytes)).toEqual([300, 3_000, 30_000])
  expect(grown.map(({ orders }) => orders)).toEqual([600_000, 100_000, 10_000])
  expect(steps('bytes', 'auto-one').map(({ orders }) => orders)).toEqual([15_000, 15_000, 10_000])
})

test('the number of orders grows as far as it may', () => {
  const orders = (...args: string[]) =>
    steps('count', 'produce', ...args).map((step) => step.orders)
  expect(orders()).toEqual([10_000, 100_000, 600_000, 2_000_000])
  expect(orders('--count', '100000')).toEqual([10_000, 100_000])
  expect(orders('--count', '700')).toEqual([700])
  expect(orders('--quick')).toEqual([10_000])
})

test('no step asks a producer for more than it can make', () => {
  for (const series of SERIES) {
    for (const { orderBytes } of steps(series, 'produce')) {
      expect(orderBytes).toBeLessThanOrEqual(ORDER_BYTES_MAX)
    }
  }
})
