import { describe, expect, test } from 'vitest'
import { sampleRow } from './row.samples.ts'
import { judge } from './verdict.ts'

const safe = sampleRow()
const losing = sampleRow({ way: 'commit-first', isSafe: false, lost: 2 })
const doubling = sampleRow({ way: 'plain-auto-commit', isSafe: false, secondEffects: 111 })
const harmless = sampleRow({ way: 'commit-first', isSafe: false })
const safeProducer = sampleRow({ kind: 'producers', way: 'producer', secondEffects: null })
const acksOne = sampleRow({ ...safeProducer, way: 'acks-one', isSafe: false, lost: 500 })

describe('judge', () => {
  test.each([
    ['loses', losing],
    ['doubles', doubling],
  ])('gives 0 when an unsafe way %s and the safe one does not', (_what, unsafe) => {
    const { exitCode, sentences } = judge([safe, unsafe], ['consumers'])
    expect(exitCode).toBe(0)
    expect(sentences.join()).toContain(unsafe.way)
  })

  test.each([
    ['has lost one', { lost: 1 }],
    ['has doubled one', { secondEffects: 1 }],
  ])('gives 1 when a safe way %s, whatever else has happened', (_what, damage) => {
    const { exitCode, sentences } = judge([{ ...safe, ...damage }, losing], ['consumers'])
    expect(exitCode).toBe(1)
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toContain('consumer-auto')
  })

  test('gives 2 when no unsafe way was hurt: such a fault shows nothing', () => {
    expect(judge([safe, harmless], ['consumers']).exitCode).toBe(2)
  })

  test('wants a hurt unsafe way of each kind', () => {
    const rows = [safe, losing, safeProducer, { ...acksOne, lost: 0 }]
    const { exitCode, sentences } = judge(rows, ['consumers', 'producers'])
    expect(exitCode).toBe(2)
    expect(sentences.join()).toContain('producers')
    expect(judge([safe, losing, safeProducer, acksOne], ['consumers', 'producers']).exitCode).toBe(
      0,
    )
  })

  test('gives 2 when a way did nothing, since nothing cannot be lost', () => {
    expect(judge([{ ...safe, acknowledged: 0 }, losing], ['consumers']).exitCode).toBe(2)
  })

  test('gives 2 when there is no safe way, or no row at all', () => {
    expect(judge([losing], ['consumers']).exitCode).toBe(2)
    expect(judge([], ['consumers']).exitCode).toBe(2)
  })

  test('copies on the log alone hurt nobody: the consumers know them', () => {
    const copies = { ...safeProducer, deliveredAgain: 7 }
    expect(judge([copies, acksOne], ['producers']).exitCode).toBe(0)
  })
})
