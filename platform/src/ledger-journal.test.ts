import { describe, expect, it } from 'vitest'
import { LedgerError } from './ledger-error.ts'
import type { LedgerEntry } from './ledger-format.ts'
import { GROUP_BYTES_MAX, Journal, type JournalFile } from './ledger-journal.ts'
import { sampleOrder } from './ledger.samples.ts'

/** A disk in memory whose syncs are released by hand and that can be told to refuse. */
class FakeDisk implements JournalFile {
  content = Buffer.alloc(0)
  synced = Buffer.alloc(0)
  writes: number[] = []
  /** How many bytes of a write are taken before it is refused; null for all. */
  roomBytes: number | null = null
  refusesSync = false
  refusesTruncate = false
  holdsSync = false
  #held: (() => void)[] = []

  write(bytes: Uint8Array, offset: number, length: number, position: number) {
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

  get entries(): LedgerEntry[] {
    const lines = this.content.toString().split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as LedgerEntry)
  }

  get kinds(): string[] {
    return this.entries.map(({ kind }) => kind)
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error(`the disk says ${code}`), { code })
}

function tried(number: number): LedgerEntry {
  return { kind: 'tried', runId: 'run', index: number, order: sampleOrder(number) }
}

function acknowledged(number: number): LedgerEntry {
  const { orderId } = sampleOrder(number)
  return { kind: 'acknowledged', orderId, partition: 0, offset: String(number) }
}

function journalOn(disk: FakeDisk, { isSynced = true } = {}) {
  return new Journal({
    file: disk,
    fileBytes: disk.content.length,
    isSynced,
    onRefused: (cause) => new LedgerError('refused', { cause }),
  })
}

async function soon(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('Journal', () => {
  it('resolves only when the entry is synced', async () => {
    const disk = new FakeDisk()
    disk.holdsSync = true
    const journal = journalOn(disk)
    let isOnDisk = false
    const done = journal.append(tried(1)).then(() => (isOnDisk = true))
    await soon()
    expect(disk.kinds).toEqual(['tried'])
    expect(isOnDisk).toBe(false)
    disk.release()
    await done
    expect(disk.synced).toEqual(disk.content)
  })

  it('does not wait for the disk when it was told not to', async () => {
    const disk = new FakeDisk()
    disk.refusesSync = true
    await journalOn(disk, { isSynced: false }).append(tried(1))
    expect(disk.kinds).toEqual(['tried'])
  })

  it('shares one sync among all that arrives while another is running', async () => {
    const disk = new FakeDisk()
    disk.holdsSync = true
    const journal = journalOn(disk)
    const first = journal.append(tried(0))
    await soon()
    const writesBefore = disk.writes.length
    const rest = Array.from({ length: 100 }, (_, at) => journal.append(tried(at + 1)))
    disk.holdsSync = false
    disk.release()
    await Promise.all([first, ...rest])
    expect(disk.kinds).toHaveLength(101)
    expect(new Set(rest).size).toBe(1)
    expect(writesBefore).toBeGreaterThan(0)
  })

  it('never writes more at once than a group may hold', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const count = Math.ceil((2.5 * GROUP_BYTES_MAX) / JSON.stringify(tried(0)).length)
    const all = Array.from({ length: count }, (_, at) => journal.append(tried(at)))
    await Promise.all(all)
    expect(new Set(all).size).toBeGreaterThanOrEqual(3)
    expect(Math.max(...disk.writes)).toBeLessThanOrEqual(GROUP_BYTES_MAX)
    expect(disk.kinds).toHaveLength(count)
  })

  it('rejects all of a group that the disk refuses, and leaves nothing of it in the file', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    await journal.append(tried(0))
    const sound = disk.content
    for (const roomBytes of [0, 1, 500, 900]) {
      disk.roomBytes = roomBytes
      const group = [tried(1), tried(2), tried(3)].map((entry) => journal.append(entry))
      const results = await Promise.allSettled(group)
      expect(results.map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
      expect(disk.content).toEqual(sound)
    }
    disk.roomBytes = null
    await journal.append(tried(4))
    expect(disk.kinds).toEqual(['tried', 'tried'])
    expect(disk.entries).toEqual([tried(0), tried(4)])
  })

  it('never counts on bytes whose sync was refused', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.refusesSync = true
    await expect(journal.append(tried(1))).rejects.toThrow(LedgerError)
    expect(disk.content).toHaveLength(0)
    disk.refusesSync = false
    await journal.append(tried(2))
    expect(disk.entries).toEqual([tried(2)])
  })

  it('writes nothing behind torn bytes until they could be cut off', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.roomBytes = 100
    disk.refusesTruncate = true
    await expect(journal.append(tried(1))).rejects.toThrow(LedgerError)
    disk.roomBytes = null
    await expect(journal.append(acknowledged(0))).rejects.toThrow(LedgerError)
    expect(disk.content).toHaveLength(100)
    disk.refusesTruncate = false
    await journal.append(tried(2))
    expect(disk.kinds).toEqual(['acknowledged', 'tried'])
  })

  it('keeps the outcomes of a refused group and writes them first when it can, once', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.roomBytes = 0
    for (const entry of [acknowledged(1), tried(7), acknowledged(2)]) {
      await expect(journal.append(entry)).rejects.toThrow(LedgerError)
    }
    await journal.settle()
    expect(journal.keptCount).toBe(2)
    disk.roomBytes = null
    await journal.append(tried(8))
    expect(disk.entries).toEqual([acknowledged(1), acknowledged(2), tried(8)])
    await journal.settle()
    expect([journal.keptCount, disk.kinds.length]).toEqual([0, 3])
  })

  it('writes kept outcomes when it is asked to settle, without a new entry', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.roomBytes = 0
    await expect(journal.append(acknowledged(1))).rejects.toThrow(LedgerError)
    disk.roomBytes = null
    await journal.settle()
    expect(disk.kinds).toEqual(['acknowledged'])
    expect(disk.synced).toEqual(disk.content)
  })
})
