import type { CommitRecord, ConsumerEvidence, ProcessTrace } from './evidence.ts'
import { readSteps } from './steps.ts'

/** Clocks of brokers and consumers may differ by this. */
export const CLOCK_MARGIN_MS = 5_000

/** The first commit of a partition in a membership, and where its reading began. */
interface FirstCommit {
  partition: number
  from: number
  to: number
  at: number
}

/**
 * The records of a history that follow an older commit than the last one, each with the offset of
 * that: a group may be told to go on from there. A coordinator that has just moved answers from
 * what it knows to be replicated, which may lack commits that were confirmed already (Kafka's
 * `CoordinatorLoaderImpl` goes by the high watermark, and that of a new leader lags behind). What
 * was committed comes again then. Only the traces tell where a membership began to read.
 */
export function findResumed({
  commits,
  traces,
}: Pick<ConsumerEvidence, 'commits' | 'traces'>): ReadonlyMap<CommitRecord, number> {
  const resumed = new Map<CommitRecord, number>()
  const firsts = new Map<string, FirstCommit[]>()
  for (const first of (traces ?? []).flatMap(firstCommitsOf)) {
    firsts.set(keyOf(first), [...(firsts.get(keyOf(first)) ?? []), first])
  }
  if (firsts.size === 0) return resumed
  const earlier = new Map<number, Set<number>>()
  const latest = new Map<number, number>()
  for (const record of commits ?? []) {
    const { partition, offset } = record
    const known = earlier.get(partition) ?? new Set([0])
    const before = latest.get(partition) ?? 0
    const candidates = firsts.get(keyOf({ partition, to: offset })) ?? []
    const at = candidates.findIndex(
      (first) =>
        first.from < before &&
        known.has(first.from) &&
        Math.abs(first.at - record.at) <= CLOCK_MARGIN_MS,
    )
    const [found] = at < 0 ? [] : candidates.splice(at, 1)
    if (found) resumed.set(record, found.from)
    earlier.set(partition, known.add(offset))
    latest.set(partition, offset)
  }
  return resumed
}

function keyOf({ partition, to }: { partition: number; to: number }): string {
  return `${partition}/${to}`
}

function firstCommitsOf(trace: ProcessTrace): FirstCommit[] {
  const begun = new Begun()
  const firsts: FirstCommit[] = []
  for (const { event, epoch } of readSteps(trace)) {
    if (event.event === 'taken') begun.take(epoch, event.partition, event.offsets[0] ?? 0)
    // Where it reads from then on, it was not told by the brokers.
    else if (event.event === 'rewound') begun.forget(epoch, event.partition)
    else if (event.event === 'committed') {
      for (const [id, to] of Object.entries(event.offsets)) {
        const partition = Number(id)
        const from = begun.commit(epoch, partition)
        if (from !== null) firsts.push({ partition, from, to, at: event.at })
      }
    }
  }
  return firsts
}

/** Where a process began to read each partition in each of its memberships. */
class Begun {
  /** Null when that does not count, or has been asked for. */
  readonly #froms = new Map<string, number | null>()

  take(epoch: number, partition: number, offset: number): void {
    const key = `${epoch}/${partition}`
    if (!this.#froms.has(key)) this.#froms.set(key, offset)
  }

  forget(epoch: number, partition: number): void {
    this.#froms.set(`${epoch}/${partition}`, null)
  }

  /** The beginning, at the first commit; null at all others. */
  commit(epoch: number, partition: number): number | null {
    const from = this.#froms.get(`${epoch}/${partition}`) ?? null
    this.forget(epoch, partition)
    return from
  }
}
