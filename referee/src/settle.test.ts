import { expect, it } from 'vitest'
import { listBehind } from './settle.ts'

it('names the partitions that are behind, and no empty one', () => {
  const ranges = new Map([
    [0, { low: 5, end: 5 }],
    [1, { low: 0, end: 7 }],
    [2, { low: 0, end: 9 }],
  ])
  const next = new Map([
    [1, 7],
    [2, 8],
  ])
  expect(listBehind('auto', ranges, (partition) => next.get(partition) ?? 0)).toEqual([
    'consumer auto has stored partition 2 up to 8 of 9',
  ])
})
