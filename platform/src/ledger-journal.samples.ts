import { LedgerError } from './ledger-error.ts'
import type { WrittenEntry } from './ledger-format.ts'
import { Journal, type JournalFile } from './ledger-journal.ts'
import { sampleOrder } from './ledger.samples.ts'

/** A run began. */
export const run: WrittenEntry = {
  kind: 'run',
  at: '2026-01-01T00:00:00Z',
  runId: 'run',
  clusterId: 'c',
  topic: 't',
  seed: 1,
}

/** A disk in memory whose syncs are released by hand and that can be told to refuse. */
export class FakeDisk implements JournalFile {
  content = Buffer.alloc(0)
  synced = Buffer.alloc(0)
  writes: number[] = []
  syncs = 0
  /** How many bytes of a write are taken before it is refused; null for all. */
  roomBytes: number | null = null
  refusesSync = false
  refusesTruncate = false
  holdsSync = false
  #held: (() => void)[] = []

  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }> {
    // In small pieces, as a disk may: the journal has to go on with the rest.
    const taken = Math.min(length, Math.max(1000, Math.ceil(length / 2)), this.roomBytes ?? length)
    if (taken === 0) return Promise.reject(refusal('ENOSPC'))
    if (this.roomBytes !== null) this.roomBytes -= taken
    this.writes.push(taken)
    const grown = Buffer.alloc(Math.max(this.content.length, position + taken))
    this.content.copy(grown)
    grown.set(bytes.subarray(offset, offset + taken), position)
    this.content = grown
    return Promise.resolve({ bytesWritten: taken })
  }

  async datasync(): Promise<void> {
    if (this.refusesSync) throw refusal('EIO')
    if (this.holdsSync) await new Promise<void>((resolve) => this.#held.push(resolve))
    this.syncs += 1
    this.synced = this.content
  }

  truncate(bytes: number): Promise<void> {
    if (this.refusesTruncate) return Promise.reject(refusal('EIO'))
    this.content = this.content.subarray(0, bytes)
    return Promise.resolve()
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve()
  }

  get entries(): WrittenEntry[] {
    const lines = this.content.toString().split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as WrittenEntry)
  }

  get kinds(): string[] {
    return this.entries.map(({ kind }) => kind)
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error(`the disk says ${code}`), { code })
}

/** An order of that number is about to be sent. */
export function tried(number: number): WrittenEntry {
  return { kind: 'tried', runId: 'run', index: number, order: sampleOrder(number) }
}

/** Kafka has that order. */
export function acknowledged(number: number): WrittenEntry {
  const { orderId } = sampleOrder(number)
  return { kind: 'acknowledged', orderId, partition: 0, offset: String(number) }
}

/** Kafka has so many orders of one send. */
export function batch(count: number): WrittenEntry {
  const orderIds = Array.from({ length: count }, (_, number) => sampleOrder(number).orderId)
  return { kind: 'acknowledgedBatch', partition: 0, baseOffset: '7', orderIds }
}

/** A journal at the end of what is on the disk. */
export function journalOn(disk: FakeDisk, { isSynced = true } = {}): Journal {
  return new Journal({
    file: disk,
    fileBytes: disk.content.length,
    isSynced,
    onRefused: (cause) => new LedgerError('refused', { cause }),
  })
}

/** Lets all that can go on without a timer go on. */
export async function soon(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
