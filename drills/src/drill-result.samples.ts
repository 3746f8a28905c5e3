import type { Verdict } from '@orders/referee/verdict'
import type { Drill } from './drill.ts'
import type { DrillRun, MeasuredInjection } from './drill-result.ts'

/** A drill that breaks nothing. */
export const sampleDrill: Drill = {
  name: 'leader-kill',
  fault: 'F1',
  title: 'A title.',
  expect: 'An expectation.',
  injections: { smoke: 1, nightly: 2, release: 3 },
  recoverWithinMs: 45_000,
  gapWithinMs: 15_000,
  inject: () => Promise.reject(new Error('not here')),
}

/** An injection that went well. */
export const sampleInjection: MeasuredInjection = {
  what: 'kill -9 of broker 1',
  bite: 'leader moved',
  startedAt: '2026-01-01T00:00:00.000Z',
  faultMs: 5_000,
  gapMs: 9_000,
  gaps: { acknowledged: 9_000, auto: 8_000, batch: 7_000, partition: 9_500 },
  recoverMs: 3_000,
}

/** A run with these injections. */
export function sampleRun(injections: MeasuredInjection[]): DrillRun {
  const load = { producers: 1, members: 2, ordersPerSecond: 100 }
  return { drill: sampleDrill, times: injections.length, seed: 7, load, startedAtMs: 0, injections }
}

/** A verdict with this exit code; 1 comes with a violation of C1. */
export function sampleVerdict(exitCode: Verdict['exitCode']): Verdict {
  const isViolated = exitCode === 1
  return {
    exitCode,
    checks: [
      {
        id: 'C1',
        title: 'acknowledged is on the log',
        compared: 'all with all',
        outcome: isViolated ? 'violated' : exitCode === 2 ? 'not judged' : 'holds',
        why: exitCode === 2 ? 'the log could not be read' : null,
        violations: isViolated ? [{ what: 'order <a> & "b" is missing' }] : [],
        remarks: [],
      },
    ],
    summary: {
      tried: 100,
      acknowledged: 99,
      unknown: 1,
      unknownOnLog: 1,
      refused: 0,
      records: 100,
      badRecords: 0,
      deadLetters: 0,
      consumers: [
        { name: 'auto', stored: 100, deliveredAgain: 2, lost: 0, secondEffects: 0 },
        { name: 'batch', stored: 100, deliveredAgain: 5, lost: 0, secondEffects: 0 },
      ],
    },
  }
}
