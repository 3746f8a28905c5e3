import type { CommitRecord, Evidence, Place } from './evidence.ts'
import type { LogIndex } from './log-index.ts'
import type { CheckId, CheckResult, Violation } from './verdict.ts'

/** What every check is given. */
export interface Case {
  evidence: Evidence
  log: LogIndex
  /** The records of all histories that follow an older commit, with its offset: see `resumed.ts`. */
  resumed: ReadonlyMap<CommitRecord, number>
}

const KEPT_MAX = 1_000

/** What one check finds on its way: all are counted, the first thousand kept. */
export class Findings {
  readonly violations: Violation[] = []
  readonly remarks: string[] = []
  #count = 0

  /** How many violations there are, the ones not kept included. */
  get count(): number {
    return this.#count
  }

  /** Something breaks the promise. */
  violate(
    what: string,
    about: { orderId?: string; partition?: number; offset?: number } = {},
  ): void {
    this.#count += 1
    if (this.violations.length < KEPT_MAX) this.violations.push({ what, ...about })
  }

  /** Something is worth a word. */
  remark(what: string): void {
    this.remarks.push(what)
  }

  /** The same, when there is any of it. */
  remarkCount(count: number, what: string): void {
    if (count > 0) this.remarks.push(`${count} ${what}`)
  }
}

/** A check that could be made; `why` says that some of what it needs was missing. */
export function conclude(
  id: CheckId,
  title: string,
  findings: Findings,
  compared: string,
  why: string | null = null,
): CheckResult {
  const { count, violations, remarks } = findings
  const found = count === 0 ? '' : `; ${count} ${count === 1 ? 'violation' : 'violations'}`
  const missing = why === null ? 'holds' : 'not judged'
  const outcome = count > 0 ? 'violated' : missing
  return { id, title, compared: `${compared}${found}`, outcome, why, violations, remarks }
}

/** A check that could not be made. */
export function notJudged(
  id: CheckId,
  title: string,
  why: string,
  remarks: string[] = [],
): CheckResult {
  return { id, title, compared: 'nothing', outcome: 'not judged', why, violations: [], remarks }
}

/** A place in words. */
export function placeText({ partition, offset }: Place): string {
  return `partition ${partition} offset ${offset}`
}

/** Only partition and offset of something that has more. */
export function placeOf({ partition, offset }: Place): Place {
  return { partition, offset }
}
