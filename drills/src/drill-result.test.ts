import { describe, expect, test } from 'vitest'
import { sampleDrill, sampleInjection, sampleRun, sampleVerdict } from './drill-result.samples.ts'
import { concludeDrill, exitCodeOf, judgeInjection } from './drill-result.ts'

describe('judgeInjection', () => {
  test('says nothing when all was in time', () => {
    expect(judgeInjection(sampleDrill, 1, sampleInjection)).toEqual([])
  })

  test('no recovery and a gap too long are a sentence each', () => {
    const late = { ...sampleInjection, recoverMs: null, gapMs: 15_001 }
    expect(judgeInjection(sampleDrill, 2, late)).toHaveLength(2)
  })

  test('a gap that is expected has no limit', () => {
    const drill = { ...sampleDrill, gapWithinMs: null }
    expect(judgeInjection(drill, 1, { ...sampleInjection, gapMs: 999_999 })).toEqual([])
  })
})

describe('concludeDrill', () => {
  const voided = { ...sampleInjection, bite: null }

  test('counts the injections that had an effect apart from those that had none', () => {
    const run = sampleRun([sampleInjection, voided])
    expect(concludeDrill(run, sampleVerdict(0), null, 1_000)).toMatchObject({
      outcome: 'passed',
      bitten: 1,
      void: 1,
      acknowledged: 99,
      redeliveries: 7,
      durationMs: 1_000,
    })
  })

  test('without any effect it proves nothing', () => {
    expect(concludeDrill(sampleRun([voided]), sampleVerdict(0), null, 0).outcome).toBe('void')
  })

  test('a violation goes before everything else', () => {
    const result = concludeDrill(sampleRun([voided]), sampleVerdict(1), null, 0)
    expect(result).toMatchObject({ outcome: 'failed', violations: 1 })
  })

  test('not judged is neither passed nor failed', () => {
    const run = sampleRun([sampleInjection])
    expect(concludeDrill(run, sampleVerdict(2), null, 0).outcome).toBe('not judged')
    expect(concludeDrill(run, null, 'no leader', 0).outcome).toBe('not judged')
  })
})

test('the exit code: failed before everything, void and not judged before passed', () => {
  expect(exitCodeOf(['passed', 'passed'])).toBe(0)
  expect(exitCodeOf(['passed', 'void', 'failed'])).toBe(1)
  expect(exitCodeOf(['passed', 'void'])).toBe(2)
  expect(exitCodeOf(['not judged'])).toBe(2)
})
