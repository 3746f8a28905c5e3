import type { PackedRecords } from '../packed-records.ts'
import { PackedMessage } from './packed-message.ts'

/** What the client library hands to its grouping of messages, as far as it is looked at here. */
export interface GroupingInput {
  topic: string
  partitionMetadata: readonly unknown[]
  messages: readonly unknown[]
  partitioner: (args: {
    topic: string
    partitionMetadata: readonly unknown[]
    message: unknown
  }) => number
}

/**
 * Sorts messages by partition, in their order. The library copies a partition's list for each
 * message that it adds, so that a send of 5000 takes a hundred times what one of 500 takes.
 */
export function groupMessagesPerPartition(
  input: GroupingInput,
): Record<string, unknown[] | PackedRecords> {
  const { topic, partitionMetadata, messages, partitioner } = input
  const groups: Record<string, unknown[]> = {}
  if (partitionMetadata.length === 0) return groups
  const [only] = messages
  if (only instanceof PackedMessage && messages.length === 1) {
    return { [only.partition]: only.records }
  }
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message })
    const group = groups[partition]
    if (group) group.push(message)
    else groups[partition] = [message]
  }
  return groups
}
