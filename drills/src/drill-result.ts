import type { Verdict } from '@orders/referee/verdict'
import type { Drill, Injection, Load } from './drill.ts'
import type { Gaps } from './pulse.ts'
import { seconds, sum } from './statistics.ts'

/** What became of a drill; `not judged` when the drill or the referee could not do its work. */
export type DrillOutcome = 'passed' | 'failed' | 'void' | 'not judged'

/** One injection, measured. */
export interface MeasuredInjection {
  what: string
  /** What shows that it had an effect; null when it had none. */
  bite: string | null
  startedAt: string
  /** How long the fault lasted. */
  faultMs: number
  /** Nothing was acknowledged, or nothing stored by one of the consumers, for so long. */
  gapMs: number
  /** The same apart, and of the worst partition. */
  gaps: Gaps
  /** From the end of the fault until all that was tried by then was done; null when it never was. */
  recoverMs: number | null
}

/** All that is known of a drill that was done, ready for JSON. */
export interface DrillResult {
  drill: string
  fault: string
  title: string
  outcome: DrillOutcome
  seed: number
  load: Load
  startedAt: string
  durationMs: number
  /** How many injections were planned. */
  times: number
  bitten: number
  void: number
  injections: MeasuredInjection[]
  acknowledged: number
  redeliveries: number
  secondEffects: number
  deadLetters: number
  violations: number
  /** Null when it was not judged. */
  verdict: Verdict | null
  /** Why it could not be judged, in one line. */
  error: string | null
  /** Where its logs, traces and ledgers are; null when they are not kept. */
  folder: string | null
}

/** What was collected while a drill was done. */
export interface DrillRun {
  drill: Drill
  times: number
  seed: number
  load: Load
  startedAtMs: number
  injections: MeasuredInjection[]
}

/** Holds one injection against what its drill expects: a sentence about each thing that is not so. */
export function judgeInjection(drill: Drill, turn: number, injection: MeasuredInjection): string[] {
  const name = `injection ${turn} (${injection.what})`
  const { recoverWithinMs, gapWithinMs } = drill
  const failures: string[] = []
  if (injection.recoverMs === null) {
    failures.push(`${name}: no recovery within ${seconds(recoverWithinMs)} of the end of the fault`)
  }
  if (gapWithinMs !== null && injection.gapMs > gapWithinMs) {
    const { acknowledged, auto, batch } = injection.gaps
    failures.push(
      `${name}: a gap of ${seconds(injection.gapMs)} instead of at most ${seconds(gapWithinMs)} ` +
        `(acknowledged ${seconds(acknowledged)}, auto ${seconds(auto)}, batch ${seconds(batch)})`,
    )
  }
  return failures
}

/** Turns what an injection says, and what was measured, into one record. */
export function measured(
  { what, bite, startedAtMs, endedAtMs }: Injection,
  gaps: Gaps,
  recoverMs: number | null,
): MeasuredInjection {
  const { acknowledged, auto, batch } = gaps
  return {
    what,
    bite,
    startedAt: new Date(startedAtMs).toISOString(),
    faultMs: endedAtMs - startedAtMs,
    gapMs: Math.max(acknowledged, auto, batch),
    gaps,
    recoverMs,
  }
}

/** Puts a drill and its verdict together. */
export function concludeDrill(
  run: DrillRun,
  verdict: Verdict | null,
  error: string | null,
  nowMs: number,
): DrillResult {
  const { drill, times, seed, load, startedAtMs, injections } = run
  const bitten = injections.filter(({ bite }) => bite !== null).length
  const summary = verdict?.summary
  const consumers = summary?.consumers ?? []
  return {
    drill: drill.name,
    fault: drill.fault,
    title: drill.title,
    outcome: outcomeOf(verdict, error, bitten),
    seed,
    load,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: nowMs - startedAtMs,
    times,
    bitten,
    void: injections.length - bitten,
    injections,
    acknowledged: summary?.acknowledged ?? 0,
    redeliveries: sum(consumers.map(({ deliveredAgain }) => deliveredAgain)),
    secondEffects: sum(consumers.map(({ secondEffects }) => secondEffects)),
    deadLetters: summary?.deadLetters ?? 0,
    violations: sum((verdict?.checks ?? []).map(({ violations }) => violations.length)),
    verdict,
    error,
    folder: null,
  }
}

// A violation counts whatever else went wrong: it is worth more than an injection without effect.
function outcomeOf(verdict: Verdict | null, error: string | null, bitten: number): DrillOutcome {
  if (verdict?.exitCode === 1) return 'failed'
  if (error !== null || verdict?.exitCode !== 0) return 'not judged'
  return bitten === 0 ? 'void' : 'passed'
}

/** 0 when all passed, 1 when any failed, 2 when any was void or not judged and none failed. */
export function exitCodeOf(outcomes: readonly DrillOutcome[]): 0 | 1 | 2 {
  if (outcomes.includes('failed')) return 1
  return outcomes.every((outcome) => outcome === 'passed') ? 0 : 2
}
