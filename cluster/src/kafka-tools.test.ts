import { expect, test } from 'vitest'
import { addBrokers, asksThisCluster } from './kafka-tools.ts'

const ADDRESSES = ['localhost:1', 'localhost:2']

test('a tool is told the brokers when nobody has', () => {
  expect(addBrokers('topics', ['--list'], ADDRESSES)).toEqual([
    '--list',
    '--bootstrap-server',
    'localhost:1,localhost:2',
  ])
})

test('a tool with subcommands is told the brokers before them', () => {
  expect(addBrokers('kafka-metadata-quorum', ['describe'], ADDRESSES)[0]).toBe('--bootstrap-server')
})

test.each([['--bootstrap-server=x:1'], ['--bootstrap-controller'], ['--help']])(
  'with %s a tool is told nothing',
  (given) => {
    expect(addBrokers('topics', [given], ADDRESSES)).toEqual([given])
    expect(asksThisCluster('topics', [given])).toBe(false)
  },
)

test('an unknown tool is refused with the names of those there are', () => {
  expect(() => addBrokers('nonsense', [], ADDRESSES)).toThrow(/"nonsense", only: .*topics/)
})
