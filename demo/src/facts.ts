/** What one consumer has done in one partition. */
export interface ConsumerFacts {
  /** The next offset that Redis knows. */
  next: bigint
  stored: number
  committed: bigint
}

/** What is known of one partition. */
export interface PartitionFacts {
  partition: number
  /** The log holds the messages from `low` up to, not including, `high`. */
  low: bigint
  high: bigint
  auto: ConsumerFacts
  batch: ConsumerFacts
  deadLetters: bigint
}

/** What a run has left behind, as the parts themselves tell it. */
export interface Facts {
  partitions: PartitionFacts[]
  /** Orders that the ledger calls acknowledged on this cluster. */
  acknowledged: number
  /** Of those, the ones of this run. */
  acknowledgedNow: number
  /** Orders in the ledger without an acknowledgement. */
  outstanding: number
  /** Order hashes in Redis. */
  storedAuto: number
  storedBatch: number
  /** Acknowledged orders that are not in Redis; the first few by id. */
  missingAuto: string[]
  missingBatch: string[]
}

/** Stored by the batch consumer, but behind its last commit: it comes again after a restart. */
export function pendingBatch({ batch }: PartitionFacts): bigint {
  return batch.next > batch.committed ? batch.next - batch.committed : 0n
}

/** Says what is wrong; nothing, when every acknowledged order is in Redis for both consumers. */
export function findProblems(facts: Facts): string[] {
  const problems = [
    ...describeMissing('consumer-auto', facts.missingAuto),
    ...describeMissing('consumer-batch', facts.missingBatch),
  ]
  for (const part of facts.partitions) {
    for (const name of ['auto', 'batch'] as const) {
      const { next, committed } = part[name]
      if (committed > next && committed > part.low) {
        problems.push(
          `consumer-${name} committed ${committed} in partition ${part.partition}, ` +
            `but Redis has it only up to ${next}`,
        )
      }
      if (next < part.high) {
        problems.push(
          `consumer-${name} has read partition ${part.partition} up to ${next} of ${part.high}`,
        )
      }
    }
  }
  if (facts.outstanding > 0) problems.push(`${facts.outstanding} orders were not acknowledged`)
  return problems
}

const NAMED_MAX = 5

function describeMissing(consumer: string, missing: string[]): string[] {
  if (missing.length === 0) return []
  const named = missing.slice(0, NAMED_MAX).join(', ')
  return [`${missing.length} acknowledged orders are not in Redis for ${consumer}: ${named}`]
}
