import { describe, expect, test } from 'vitest'
import { countConsumer, countProducer } from './counting.ts'

describe('countProducer', () => {
  test('calls lost what was acknowledged and is not on the log, and nothing else', () => {
    const acknowledged = new Set(['a', 'b', 'c'])
    const onLog = new Map([
      ['a', 1],
      ['not acknowledged', 1],
    ])
    expect(countProducer({ acknowledged, onLog })).toEqual({
      acknowledged: 3,
      lost: 2,
      deliveredAgain: 0,
    })
  })

  test('counts the copies beyond the first', () => {
    const onLog = new Map([
      ['a', 3],
      ['b', 1],
    ])
    const { lost, deliveredAgain } = countProducer({ acknowledged: new Set(['a', 'b']), onLog })
    expect({ lost, deliveredAgain }).toEqual({ lost: 0, deliveredAgain: 2 })
  })
})

describe('countConsumer', () => {
  const acknowledged = new Set(['a', 'b'])

  test('tells a repeat without an effect from one with an effect', () => {
    const stored = new Set(['a', 'b'])
    const known = countConsumer({ acknowledged, stored, deliveries: 5, effects: 2 })
    expect(known).toEqual({ acknowledged: 2, lost: 0, deliveredAgain: 3, secondEffects: 0 })
    const plain = countConsumer({ acknowledged, stored, deliveries: 5, effects: 5 })
    expect(plain).toMatchObject({ deliveredAgain: 3, secondEffects: 3 })
  })

  test('a repeat of one order does not make up for another that is lost', () => {
    const stored = new Set(['a'])
    const counts = countConsumer({ acknowledged, stored, deliveries: 2, effects: 2 })
    expect(counts).toEqual({ acknowledged: 2, lost: 1, deliveredAgain: 1, secondEffects: 1 })
  })
})
