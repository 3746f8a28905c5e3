import { describeCommit, groupSteps, stepsOf, sumCovered } from '../commit-steps.ts'
import type { CommitRecord, ConsumerEvidence, Place, ProcessTrace } from '../evidence.ts'
import type { Case, Findings } from '../findings.ts'
import { hasWorkerForEach, readSteps } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'
import { checkCommitting } from './committing.ts'

const TITLE = 'batch: at the tenth message one commit, of those ten'

/** C8: for consumers that commit several messages at once, of all partitions or of each. */
export function checkTenByTen(given: Case): CheckResult {
  return checkCommitting(given, {
    id: 'C8',
    title: TITLE,
    appliesTo: ({ commitEvery }) => commitEvery > 1,
    counted: 'commits',
    checkHistory,
    checkTrace,
  })
}

function checkHistory(
  { log, resumed }: Case,
  { name, commitEvery }: ConsumerEvidence,
  commits: CommitRecord[],
  findings: Findings,
): void {
  const isShort = log.partitions.some((partition) => log.rangeOf(partition).low > 0)
  if (isShort) {
    findings.remark(`${name}: the history was left out: the log no longer begins where it began`)
    return
  }
  const steps = stepsOf(commits, log, resumed)
  // Going back is for C6 to say, and makes every sum after it another one.
  if (steps.some(({ covered }) => covered < 0)) {
    findings.remark(`${name}: the history was left out: commits went back`)
    return
  }
  for (const commit of groupSteps(steps, commitEvery)) {
    const covered = sumCovered(commit)
    if (covered === 0 || covered === commitEvery) continue
    const places = describeCommit(commit.map(({ partition, offset }) => [partition, offset]))
    const what = `${name}: a commit covers ${covered} messages instead of ${commitEvery}: ${places}`
    findings.violate(what, { partition: commit[0]?.partition ?? 0, offset: commit[0]?.offset ?? 0 })
  }
}

function checkTrace(consumer: ConsumerEvidence, trace: ProcessTrace, findings: Findings): number {
  const isOfEach = hasWorkerForEach(trace)
  /** What is stored and not committed, in this membership and in the one before. */
  let [open, openBefore] = [new Uncommitted(isOfEach), new Uncommitted(isOfEach)]
  let epoch = 0
  let commits = 0
  for (const step of readSteps(trace)) {
    const { event, isLate } = step
    // Not at `dropped`: the answer to a commit may still be on its way then.
    if (event.event === 'joined') {
      epoch = step.epoch
      openBefore = open
      open = new Uncommitted(isOfEach)
    } else if (event.event === 'stored' && !isLate) {
      checkRoom(consumer, event, open.add(event), findings)
    } else if (event.event === 'committed') {
      commits += 1
      const all = step.epoch < epoch ? openBefore : open
      for (const offsets of isOfEach ? ofEach(event.offsets) : [event.offsets]) {
        checkCommit(consumer, offsets, all.take(offsets, consumer), findings)
      }
    }
  }
  return commits
}

interface Stored {
  partition: number
  offsets: number[]
}

/** Next offsets by partition. */
type Offsets = Record<string, number>

/** What a commit finds: the oldest that are stored, and all those that it covers. */
interface TakenOut {
  oldest: Place[]
  covered: Place[]
}

/** What is stored and not committed, in the order in which it was stored, by worker. */
class Uncommitted {
  readonly #isOfEach: boolean
  readonly #places = new Map<number | 'all', Place[]>()

  constructor(isOfEach: boolean) {
    this.#isOfEach = isOfEach
  }

  /** Gives how much the worker has now. */
  add({ partition, offsets }: Stored): number {
    const worker = this.#isOfEach ? partition : 'all'
    const places = this.#places.get(worker) ?? []
    places.push(...offsets.map((offset) => ({ partition, offset })))
    this.#places.set(worker, places)
    return places.length
  }

  /** Takes out what a commit of one worker should cover, and what it does cover. */
  take(offsets: Offsets, { commitEvery }: ConsumerEvidence): TakenOut {
    const worker = this.#isOfEach ? Number(Object.keys(offsets)[0]) : 'all'
    const places = this.#places.get(worker) ?? []
    const isCovered = ({ partition, offset }: Place): boolean =>
      offset < (offsets[String(partition)] ?? 0)
    const left = places.slice(commitEvery).filter((place) => !isCovered(place))
    this.#places.set(worker, left)
    return { oldest: places.slice(0, commitEvery), covered: places.filter(isCovered) }
  }
}

/** A worker of a partition commits for itself, whatever goes with the same request. */
function ofEach(offsets: Offsets): Offsets[] {
  return Object.entries(offsets).map(([partition, offset]) => ({ [partition]: offset }))
}

/** While a commit is out the next ones are collected, but no more than the next commit takes. */
function checkRoom(
  { name, commitEvery }: ConsumerEvidence,
  { partition, offsets }: Stored,
  count: number,
  findings: Findings,
): void {
  const most = 2 * commitEvery
  if (count <= most || count - offsets.length > most) return
  const what = `${name}: ${count} messages were stored and not committed; ${most} may be`
  findings.violate(what, { partition, offset: offsets[0] ?? 0 })
}

/** A commit is of the oldest ten that are stored, and of nothing that was stored after them. */
function checkCommit(
  { name, commitEvery }: ConsumerEvidence,
  offsets: Offsets,
  { oldest, covered }: TakenOut,
  findings: Findings,
): void {
  const found = describeCommit(inOrder(Object.entries(offsets)))
  const wanted = describeCommit(inOrder(endsOf(oldest)))
  const [partition, offset] = Object.entries(offsets)[0] ?? ['0', 0]
  const about = { partition: Number(partition), offset }
  if (covered.length !== commitEvery) {
    const what = `${name}: a commit of ${covered.length} stored messages instead of ${commitEvery}: ${found}`
    findings.violate(what, about)
  } else if (found !== wanted) {
    const what = `${name}: a commit of ${found}; the first ${commitEvery} stored were ${wanted}`
    findings.violate(what, about)
  }
}

/** The next offset of each partition. */
function endsOf(places: Place[]): Map<number, number> {
  return new Map(places.map(({ partition, offset }) => [partition, offset + 1]))
}

function inOrder(
  offsets: Iterable<readonly [number | string, number]>,
): (readonly [number | string, number])[] {
  return [...offsets].sort(([a], [b]) => Number(a) - Number(b))
}
