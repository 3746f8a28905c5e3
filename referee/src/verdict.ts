/** The checks by their names. */
export type CheckId = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8' | 'C9' | 'C10' | 'C11'

/** Something that breaks a promise. */
export interface Violation {
  /** One sentence: what is, and what should be. */
  what: string
  orderId?: string
  partition?: number
  offset?: number
}

/** What one check has found. */
export interface CheckResult {
  id: CheckId
  /** The promise, in a few words. */
  title: string
  /** What was held against what, with counts. */
  compared: string
  /** `not judged` when something it needs is missing; `why` says what. */
  outcome: 'holds' | 'violated' | 'not judged'
  why: string | null
  violations: Violation[]
  /** Worth a word, no violation. */
  remarks: string[]
}

/** All checks, and the sums that a person wants to see. */
export interface Verdict {
  /** 0: all that was judged holds. 1: a violation. 2: could not judge. */
  exitCode: 0 | 1 | 2
  checks: CheckResult[]
  summary: VerdictSummary
}

/** Counts of a run. */
export interface VerdictSummary {
  tried: number
  acknowledged: number
  /** No answer came, or the process died first; they may be on the log or not. */
  unknown: number
  /** Of the unknown ones, how many are on the log. */
  unknownOnLog: number
  refused: number
  records: number
  badRecords: number
  deadLetters: number
  consumers: {
    name: string
    stored: number
    /** Deliveries beyond the first of each order. */
    deliveredAgain: number
    /** Orders of the log below the committed offsets that are not in Redis. */
    lost: number
    /** Effects beyond the first of an order. */
    secondEffects: number
  }[]
}
