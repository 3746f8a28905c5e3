import { describe, expect, it } from 'vitest'
import { homeOf, javaHash, parseCommit } from './commit-record.ts'
import { HistoryBuilder } from './commits.ts'

function text(value: string): Buffer {
  const size = Buffer.alloc(2)
  size.writeInt16BE(value.length)
  return Buffer.concat([size, Buffer.from(value)])
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

const key = Buffer.concat([
  Buffer.from([0, 1]),
  text('consumer-auto'),
  text('orders'),
  Buffer.from([0, 0, 0, 3]),
])
const entry = { group: 'consumer-auto', topic: 'orders', partition: 3 }

describe('a record of the brokers', () => {
  it.each([
    ['1', [Buffer.from([0, 1]), long(17), text('me'), long(99), long(100)]],
    ['3', [Buffer.from([0, 3]), long(17), Buffer.alloc(4), text('me'), long(99)]],
    ['4', [Buffer.from([0, 4]), long(17), Buffer.alloc(4), Buffer.from([3, 109, 101]), long(99)]],
    [
      '4 without a word',
      [Buffer.from([0, 4]), long(17), Buffer.alloc(4), Buffer.from([1]), long(99)],
    ],
  ])('of version %s', (_version, parts) => {
    const commit = { offset: 17, at: 99 }
    expect(parseCommit(key, Buffer.concat(parts))).toEqual({ ...entry, commit })
  })

  it('tells that a commit is gone, and what is no commit', () => {
    expect(parseCommit(key, null)).toEqual({ ...entry, commit: null })
    expect(parseCommit(Buffer.concat([Buffer.from([0, 2]), text('g')]), null)).toBeNull()
    expect(() => parseCommit(key, Buffer.from([0, 9]))).toThrow('version 9')
  })
})

it('finds the home of a group as Java does', () => {
  expect(javaHash('consumer-batch')).toBe(-1_743_511_901)
  expect(homeOf('', 50)).toBe(0)
})

it('begins anew after a commit was taken away', () => {
  const history = new HistoryBuilder()
  history.take(0, { offset: 5, at: 1 })
  history.take(1, { offset: 6, at: 1 })
  history.take(0, null)
  history.take(0, { offset: 2, at: 3 })
  expect(history.build(true)).toEqual({
    committed: new Map([
      [1, 6],
      [0, 2],
    ]),
    commits: [
      { partition: 1, offset: 6, at: 1 },
      { partition: 0, offset: 2, at: 3 },
    ],
  })
  expect(history.build(false).commits).toBeNull()
})
