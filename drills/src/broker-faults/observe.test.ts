import { expect, test } from 'vitest'
import { describeLoss } from './observe.ts'

const state = (partition: number, leader: number, isr: number[]) => {
  return { partition, leader, replicas: [1, 2, 3], isr }
}

test('a broker that still has everything has lost nothing', () => {
  const states = [state(0, 1, [1, 2, 3]), state(1, 2, [1, 2, 3])]
  expect(describeLoss(1, states, states)).toBeNull()
})

test('lost leadership and lost sync are told', () => {
  const before = [state(0, 1, [1, 2, 3]), state(1, 2, [1, 2, 3])]
  const after = [state(0, 2, [2, 3]), state(1, 2, [2, 3])]
  expect(describeLoss(1, before, after)).toBe('leader moved in 1 partitions, ISR shrank in 2')
})

test('what another broker loses is not counted, nor what nobody could say', () => {
  const before = [state(0, 1, [1, 2, 3])]
  expect(describeLoss(2, before, [state(0, 3, [2, 3])])).toBeNull()
  expect(describeLoss(1, before, [])).toBeNull()
})
