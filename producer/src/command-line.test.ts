import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { readConfig } from './config.ts'

const config = readConfig({})
const plan = (...args: string[]): ReturnType<typeof readCommandLine> =>
  readCommandLine(args, config)

test('without a flag the settings decide', () => {
  expect(plan()).toMatchObject({ file: null, count: 100, intervalMs: 5_000 })
  const other = readConfig({ ORDER_COUNT: '7', ORDER_INTERVAL_MS: '3', ORDER_SEED: '9' })
  expect(readCommandLine([], other)).toMatchObject({ count: 7, intervalMs: 3, seed: 9 })
})

test('flags go before the settings', () => {
  const args = ['--count', '3', '--interval', '0', '--seed', '42']
  expect(plan(...args)).toMatchObject({ count: 3, intervalMs: 0, seed: 42 })
  expect(plan('--rate', '250')).toMatchObject({ intervalMs: 4 })
})

test('a file is sent as fast as it goes unless told otherwise', () => {
  expect(plan('--file', 'a.json')).toMatchObject({ file: 'a.json', intervalMs: 0 })
  expect(plan('--file', 'a.json', '--rate', '10')).toMatchObject({ intervalMs: 100 })
})

test('every start is a run of its own with a seed of its own, unless told otherwise', () => {
  const [a, b] = [plan(), plan()]
  expect(a?.runId).not.toBe(b?.runId)
  expect(a?.seed).not.toBe(b?.seed)
  const runId = '0b8b8f6e-7c0e-4d5c-9b5e-2f6f0a3a1b11'
  expect(readCommandLine([], readConfig({ RUN_ID: runId }))?.runId).toBe(runId)
})

test.each([
  [['--count', 'ten'], /--count.*ten.*whole number/],
  [['--count', '-1'], /--count/],
  [['--interval', '1.5'], /--interval.*whole number/],
  [['--rate', '0'], /--rate.*above 0/],
  [['--rate', '5', '--interval', '5'], /--rate and --interval/],
  [['--file', 'a.json', '--count', '5'], /--file brings its own orders/],
  [['--cuont', '5'], /unknown option '--cuont'.*--help/],
  [['five'], /too many arguments/],
])('%j is refused in one line', (args, message) => {
  expect(() => plan(...args)).toThrow(message)
  try {
    plan(...args)
  } catch (error) {
    expect(String(error).split('\n')).toHaveLength(1)
  }
})
