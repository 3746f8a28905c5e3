/** What Kafka and Redis say of one partition at a moment. */
export interface PartitionState {
  partition: number
  /** The log holds the messages from `low` up to, not including, `high`. */
  low: bigint
  high: bigint
  /** The group's committed offset; null when it has none. */
  group: bigint | null
  /** The next offset that Redis knew after the rest was read; null when it knew nothing. */
  next: bigint | null
  /** The same before the rest was read: others may be storing and committing meanwhile. */
  nextBefore: bigint | null
}

/** Whether the two fit, and one sentence about what does not. */
export type PositionFinding =
  | { kind: 'fits' }
  /** Redis has lost what the group has committed: it has to be read again. */
  | { kind: 'lost'; from: bigint; sentence: string }
  /** Redis knows more than the log holds. */
  | { kind: 'topic made anew'; sentence: string }
  /** The group begins earlier than it could have stopped: everything comes again. */
  | { kind: 'group moved back'; sentence: string }

/**
 * Holds what Redis knows of a partition against the log and the group. `uncommittedMax` messages
 * may be stored beyond the last commit when all is well.
 */
export function judgePosition(state: PartitionState, uncommittedMax: number): PositionFinding {
  const { partition, low, high, next, nextBefore } = state
  const group = state.group ?? low
  // Not `next`: by then the log may have grown beyond `high`, and others have stored that.
  if (nextBefore !== null && nextBefore > high) {
    const sentence =
      `Redis knows partition ${partition} up to offset ${nextBefore}, but its log ends at ${high}: the ` +
      'topic was deleted and made again. It is read from its beginning; what Redis holds of the ' +
      'old one stays'
    return { kind: 'topic made anew', sentence }
  }
  const from = next !== null && next > low ? next : low
  if (from < group) {
    const sentence =
      `Redis knows partition ${partition} up to offset ${next ?? 0n}, but the group is at ` +
      `${group}: reading it again from ${from}`
    return { kind: 'lost', from, sentence }
  }
  const begin = group > low ? group : low
  const again = (nextBefore ?? 0n) - begin
  if (again <= BigInt(uncommittedMax)) return { kind: 'fits' }
  const where = state.group === null ? 'has no offset' : `is at offset ${group}`
  const sentence =
    `the group ${where} in partition ${partition}, but Redis knows it up to ${next}: somebody has ` +
    'moved the group, its offsets expired, or its coordinator has just changed. ' +
    `${again} messages come again, none counts twice`
  return { kind: 'group moved back', sentence }
}
