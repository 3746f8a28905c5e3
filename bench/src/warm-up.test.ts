import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { planWarmUp } from './warm-up.ts'

function warmUpOf(...args: string[]): [string, number][] {
  const plan = readCommandLine(args)
  if (plan === null) throw new Error('no plan')
  return planWarmUp(plan).map(({ task, orders }) => [task, orders])
}

test('a full run warms up with as many orders as its largest task has, and reads', () => {
  expect(warmUpOf()).toEqual([
    ['produce', 600_000],
    ['batch-partition', 100_000],
    ['auto-partition', 15_000],
  ])
  expect(warmUpOf('--task', 'auto-one,auto-partition')[0]).toEqual(['produce', 15_000])
})

test('a small run warms up with little, and never with more than there is to a task', () => {
  expect(warmUpOf('--quick').map(([, orders]) => orders)).toEqual([10_000, 3_000, 500])
  expect(warmUpOf('--count', '700').map(([, orders]) => orders)).toEqual([700, 700, 700])
  expect(warmUpOf('--count', '2000000').map(([, orders]) => orders)).toEqual([
    600_000, 100_000, 15_000,
  ])
})

test('where nothing is read, nothing is read to warm up', () => {
  expect(warmUpOf('--task', 'produce')).toEqual([['produce', 600_000]])
})
