import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const LIMIT_MS = 5_000

/** A consumer of the client library whose leaders change, and which is told to stop meanwhile. */
const PROGRAM = `
  import { createRequire } from 'node:module'
  import { EventEmitter } from 'node:events'
  const require = createRequire(${JSON.stringify(import.meta.url)})
  const Runner = require('kafkajs/src/consumer/runner.js')
  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} }
  let nodes = [1, 2]
  let polls = 0
  const consumerGroup = {
    getNodeIds: () => nodes,
    connect: async () => {},
    joinAndSync: async () => {},
    leave: async () => process.stdout.write('left the group'),
    heartbeat: async () => {},
    // The fetcher of one broker notices the change while that of the other is still waiting.
    fetch: (node) => {
      polls += 1
      if (node === 1 && polls > 4) nodes = [1, 2, 3]
      if (nodes.length === 3) setTimeout(() => runner.stop().then(() => process.exit(0)), 50)
      return new Promise((resolve) => setTimeout(() => resolve([]), node === 1 ? 5 : 400))
    },
  }
  const runner = new Runner({
    logger, consumerGroup, instrumentationEmitter: new EventEmitter(), concurrency: 1,
    eachBatch: async () => {}, onCrash: (error) => { throw error }, retry: {}, autoCommit: false,
  })
  await runner.start()`

function run(program: string) {
  const args = [
    '--import',
    import.meta.resolve('tsx/esm'),
    '--input-type=module',
    '--eval',
    program,
  ]
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT_MS })
}

test('a consumer stops while the leaders of its partitions change', () => {
  const fix = JSON.stringify(new URL('./stoppable-runner.ts', import.meta.url).href)
  const { status, signal, stdout, stderr } = run(`import ${fix}\n${PROGRAM}`)
  expect({ status, signal, stdout, stderr }).toMatchObject({ status: 0, stdout: 'left the group' })
})

test('the client library itself would never give the process its turn again', () => {
  const { signal, stdout } = run(PROGRAM)
  expect(signal).toBe('SIGTERM')
  expect(stdout).toBe('')
})
