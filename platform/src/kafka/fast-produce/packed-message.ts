import type { PackedRecords } from '../packed-records.ts'

/**
 * Carries packed records through the client library, which takes it for a message: only where its
 * functions are replaced and nothing is compressed does it arrive as what it is.
 */
export class PackedMessage {
  /** The library wants to see a value in every message. */
  readonly value = null
  readonly partition: number
  readonly records: PackedRecords

  constructor(partition: number, records: PackedRecords) {
    this.partition = partition
    this.records = records
  }
}
