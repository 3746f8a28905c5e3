import { expect, it } from 'vitest'
import { parseOffsets, rangesOf } from './topic-offsets.ts'

it('reads what the tool prints', () => {
  const ends = parseOffsets(['orders:0:22', 'orders:1:0', 'orders.dlq:0:3'])
  const lows = parseOffsets(['orders:0:5', 'orders:1:0'])
  expect(rangesOf('orders', lows, ends)).toEqual(
    new Map([
      [0, { low: 5, end: 22 }],
      [1, { low: 0, end: 0 }],
    ]),
  )
  expect(rangesOf('orders.dlq', lows, ends)).toEqual(new Map([[0, { low: 0, end: 3 }]]))
  expect(rangesOf('nothing', lows, ends)).toBeNull()
})

it('does not take a partition without an answer for one that is not there', () => {
  const lows = parseOffsets(['orders:0:0', 'orders:1:0'])
  expect(() => rangesOf('orders', lows, parseOffsets(['orders:0:7']))).toThrow(
    'not every partition',
  )
  expect(() => rangesOf('orders', lows, parseOffsets(['orders:1:7']))).toThrow(
    'not every partition',
  )
  expect(() => parseOffsets(['Skip getting offsets for orders-1'])).toThrow('Skip')
})
