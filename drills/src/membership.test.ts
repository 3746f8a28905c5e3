import { expect, test } from 'vitest'
import { areShared, partitionsOf } from './membership.ts'

const member = (...lines: string[]): { lines: string[] } => ({ lines })

test('the last word counts', () => {
  const lines = [
    'joined the group: partitions 0, 1, 2',
    'something',
    'joined the group: partitions 4',
  ]
  expect(partitionsOf(member(...lines))).toEqual([4])
  expect(partitionsOf(member('joined the group: partitions none'))).toEqual([])
  expect(partitionsOf(member())).toEqual([])
})

test('shared is: each partition, once', () => {
  const some = member('joined the group: partitions 0, 2')
  expect(areShared([some, member('joined the group: partitions 1')], 3)).toBe(true)
  expect(areShared([some, member('joined the group: partitions 1, 2')], 3)).toBe(false)
  expect(areShared([some, member()], 3)).toBe(false)
  const all = member('joined the group: partitions 0, 1, 2')
  expect(areShared([all, member()], 3)).toBe(false)
  expect(areShared([all, member('joined the group: partitions none')], 3)).toBe(true)
})
