import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LedgerError } from './ledger-error.ts'
import { GROUP_BYTES_MAX } from './ledger-journal.ts'
import { acknowledged, batch, FakeDisk, journalOn, soon, tried } from './ledger-journal.samples.ts'
import { sampleOrder } from './ledger.samples.ts'

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

  it('uses the memory of two groups again and again', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
    onTestFinished(() => allocations.mockRestore())
    for (let round = 0; round < 20; round += 1) {
      disk.holdsSync = true
      const first = journal.append(tried(2 * round))
      await soon()
      const second = journal.append(tried(2 * round + 1))
      disk.holdsSync = false
      disk.release()
      await Promise.all([first, second])
    }
    expect(disk.kinds).toHaveLength(40)
    expect(allocations).toHaveBeenCalledTimes(2)
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

  it('keeps a whole batch of a refused group as well', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.roomBytes = 0
    await expect(journal.append(batch(3))).rejects.toThrow(LedgerError)
    disk.roomBytes = null
    await journal.append(tried(8))
    expect(disk.entries).toEqual([batch(3), tried(8)])
  })

  it('writes no part of what is no order, and the next order all the same', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const none = { ...sampleOrder(1), placedAt: 1n as unknown as number }
    const entry = { kind: 'tried', runId: 'run', index: 1, order: none } as const
    expect(() => journal.append(entry)).toThrow(TypeError)
    await journal.append(tried(2))
    expect(disk.entries).toEqual([tried(2)])
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
