import { expect, it } from 'vitest'
import { readCommandLine } from './command-line.ts'

const env = { CLUSTER_DIRECTORY: '/somewhere' }

it('judges the run of the demo by default', () => {
  expect(readCommandLine([], env)).toMatchObject({
    sources: {
      topic: 'orders',
      dlqTopic: 'orders.dlq',
      ledgerFiles: ['/somewhere/ledger/orders.jsonl'],
      registryUrl: 'http://localhost:8081/apis/ccompat/v7',
      redisUrl: 'redis://localhost:6379',
      consumers: [
        { name: 'auto', groupId: 'consumer-auto', commitEvery: 1, traceFiles: null },
        { name: 'batch', groupId: 'consumer-batch', commitEvery: 10, traceFiles: null },
      ],
    },
    isRunning: false,
    waitMs: 60_000,
    jsonFile: null,
  })
})

it('follows flags before the environment', () => {
  const flags = '--ledger a b --topic t --batch-size 3 --trace-auto x y --running --wait-s 0'
  const set = { ...env, KAFKA_TOPIC: 'u', KAFKA_DLQ_TOPIC: 'd', BATCH_SIZE: '4', REDIS_URL: 'r' }
  expect(readCommandLine(flags.split(' '), set)).toMatchObject({
    sources: {
      topic: 't',
      dlqTopic: 'd',
      ledgerFiles: ['a', 'b'],
      redisUrl: 'r',
      consumers: [{ traceFiles: ['x', 'y'] }, { commitEvery: 3, traceFiles: null }],
    },
    isRunning: true,
    waitMs: 0,
  })
})

it('holds consumer-auto to no number of orders a commit where it commits by the clock', () => {
  const commitEvery = (flags: string[], set: Record<string, string>) =>
    readCommandLine(flags, { ...env, ...set })?.sources.consumers[0]?.commitEvery
  expect(commitEvery(['--auto-commits', 'background'], {})).toBe(0)
  expect(commitEvery([], { COMMIT_MODE: 'background' })).toBe(0)
  expect(commitEvery(['--auto-commits', 'each'], { COMMIT_MODE: 'background' })).toBe(1)
  expect(() => commitEvery([], { COMMIT_MODE: 'never' })).toThrow(/^COMMIT_MODE="never" must be/)
})

it.each([
  ['--batch-size 1'],
  ['--auto-commits never'],
  ['--wait-s soon'],
  ['--topic a/b'],
  ['--nothing'],
  ['extra'],
])('refuses %s in one line', (flags) => {
  expect(() => readCommandLine(flags.split(' '), env)).toThrow(/^[^\n]+$/)
})
