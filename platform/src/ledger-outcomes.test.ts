import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GROUP_BYTES_MAX, OUTCOME_WAIT_MS } from './ledger-journal.ts'
import {
  acknowledged,
  batch,
  FakeDisk,
  journalOn,
  run,
  soon,
  tried,
} from './ledger-journal.samples.ts'

describe('a group of nothing but outcomes', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  it('waits for others and shares one sync with them', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const first = journal.append(acknowledged(1))
    vi.advanceTimersByTime(OUTCOME_WAIT_MS - 1)
    const second = journal.append(batch(3))
    await soon()
    expect(disk.kinds).toEqual([])
    vi.advanceTimersByTime(1)
    await Promise.all([first, second])
    expect(disk.kinds).toEqual(['acknowledged', 'acknowledgedBatch'])
    expect([disk.syncs, vi.getTimerCount()]).toEqual([1, 0])
  })

  it.each(['run', 'tried'] as const)('is written at once when a %s joins it', async (kind) => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const outcome = journal.append(acknowledged(1))
    const entry = kind === 'run' ? run : tried(2)
    expect(journal.append(entry)).toBe(outcome)
    // Whoever comes after it may not make it wait again.
    void journal.append(acknowledged(3))
    await outcome
    expect(disk.kinds).toEqual(['acknowledged', kind, 'acknowledged'])
    expect([disk.syncs, vi.getTimerCount()]).toEqual([1, 0])
  })

  it('is none when it begins with an order: nothing in it waits', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const order = journal.append(tried(1))
    expect(journal.append(acknowledged(2))).toBe(order)
    expect(vi.getTimerCount()).toBe(0)
    await order
    expect(disk.kinds).toEqual(['tried', 'acknowledged'])
  })

  it('is written at once when all is to be settled, and no timer stays', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    void journal.append(acknowledged(1))
    await journal.settle()
    expect(disk.kinds).toEqual(['acknowledged'])
    expect([disk.syncs, vi.getTimerCount()]).toEqual([1, 0])
  })

  it('is written at once when it is full', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    const first = journal.append(batch(10_000))
    for (let last = first; last === first; last = journal.append(batch(10_000))) continue
    await first
    expect(disk.synced.length).toBeGreaterThan(GROUP_BYTES_MAX / 2)
    expect(disk.synced.length).toBeLessThanOrEqual(GROUP_BYTES_MAX)
    expect(vi.getTimerCount()).toBe(1)
    await journal.settle()
    expect([disk.syncs, vi.getTimerCount()]).toEqual([2, 0])
  })

  it('costs no sync of its own while orders keep coming', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    for (let number = 0; number < 50; number += 1) {
      await journal.append(tried(number))
      void journal.append(acknowledged(number))
      vi.advanceTimersByTime(OUTCOME_WAIT_MS / 5)
      await soon()
    }
    await journal.settle()
    expect(disk.kinds).toHaveLength(100)
    expect(disk.syncs).toBe(51)
  })

  it('does not wait anew when its time has passed during the sync before it', async () => {
    const disk = new FakeDisk()
    const journal = journalOn(disk)
    disk.holdsSync = true
    const before = journal.append(tried(1))
    await soon()
    const outcome = journal.append(acknowledged(1))
    vi.advanceTimersByTime(OUTCOME_WAIT_MS)
    disk.holdsSync = false
    disk.release()
    await Promise.all([before, outcome])
    expect(disk.kinds).toEqual(['tried', 'acknowledged'])
  })
})

it('does not keep the process alive for outcomes that wait', async () => {
  const timers = (): string[] => process.getActiveResourcesInfo().filter((it) => it === 'Timeout')
  const before = timers()
  const journal = journalOn(new FakeDisk())
  void journal.append(acknowledged(1))
  expect(timers()).toEqual(before)
  await journal.settle()
})
