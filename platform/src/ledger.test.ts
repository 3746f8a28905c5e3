import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  BATCH_IDS_MAX,
  formatEntry,
  type LedgerEntry,
  type OutcomeEntry,
  type RunEntry,
} from './ledger-format.ts'
import { LedgerError } from './ledger-error.ts'
import type { JournalFile } from './ledger-journal.ts'
import { type Ledger, type LedgerOptions, openLedger, readLedger } from './ledger.ts'
import { sampleOrder } from './ledger.samples.ts'

let folder = ''
let file = ''
const opened: Ledger[] = []
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-'))
  file = path.join(folder, 'deep', 'er', 'ledger.jsonl')
})
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((ledger) => ledger.close()))
  await rm(folder, { recursive: true })
})

async function opening(options?: LedgerOptions): Promise<Ledger> {
  const ledger = await openLedger(file, options)
  opened.push(ledger)
  return ledger
}

async function reopening(ledger: Ledger): Promise<Ledger> {
  await ledger.close()
  return opening()
}

function acknowledged(number: number): OutcomeEntry {
  const { orderId } = sampleOrder(number)
  return { kind: 'acknowledged', orderId, partition: 1, offset: String(number) }
}

function refused(number: number): OutcomeEntry {
  return { kind: 'refused', orderId: sampleOrder(number).orderId, reason: 'no' }
}

function tried(number: number): LedgerEntry {
  return { kind: 'tried', runId: 'run', index: number, order: sampleOrder(number) }
}

const run: RunEntry = {
  kind: 'run',
  at: '2026-01-01T00:00:00.000Z',
  runId: 'run',
  clusterId: 'cluster',
  topic: 'orders',
  seed: 1,
}

async function entriesOf(path: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(path)) entries.push(entry)
  return entries
}

describe('Ledger', () => {
  it('keeps everything that was recorded for the next start', async () => {
    const ledger = await opening()
    await ledger.recordRun(run)
    await Promise.all([0, 1, 2, 3].map((n) => ledger.recordTried(sampleOrder(n), 'run', n)))
    for (const outcome of [acknowledged(1), refused(2)]) await ledger.recordOutcome(outcome)
    const next = await reopening(ledger)
    expect(next.outstanding).toEqual([0, 2, 3].map((n) => sampleOrder(n)))
    expect(next.triedInRun('run')).toBe(4)
    expect(next.triedInRun('another')).toBe(0)
    expect(next.lastRun).toEqual(run)
    expect(next.report).toEqual({ tornLines: 0, unreadableLines: 0, unreadable: [] })
  })

  it('tells what earlier runs have left over, whatever this one does', async () => {
    const first = await opening()
    for (const n of [1, 2]) await first.recordTried(sampleOrder(n), 'run', null)
    const second = await reopening(first)
    await second.recordOutcome(acknowledged(1))
    expect(second.outstanding).toEqual([sampleOrder(1), sampleOrder(2)])
    expect((await reopening(second)).outstanding).toEqual([sampleOrder(2)])
  })

  it('has an order on disk when its promise resolves', async () => {
    const ledger = await opening()
    await ledger.recordTried(sampleOrder(1), 'run', 1)
    expect(await readFile(file, 'utf8')).toBe(formatEntry(tried(1)))
  })

  it('writes outcomes that nobody waited for when it is flushed or closed', async () => {
    const ledger = await opening()
    await ledger.recordTried(sampleOrder(1), 'run', 1)
    void ledger.recordOutcome(refused(1))
    await ledger.flush()
    expect(await entriesOf(file)).toEqual([tried(1), refused(1)])
    void ledger.recordOutcome(acknowledged(1))
    await ledger.close()
    expect(await entriesOf(file)).toEqual([tried(1), refused(1), acknowledged(1)])
  })

  it('acknowledges one order in a line of its own, and many in one', async () => {
    const ledger = await opening()
    const ids = [1, 2, 3].map((n) => sampleOrder(n).orderId)
    await Promise.all([1, 2, 3].map((n) => ledger.recordTried(sampleOrder(n), 'run', n)))
    void ledger.recordAcknowledged(1, 1n, ids.slice(0, 1))
    void ledger.recordAcknowledged(1, 2n, ids.slice(1))
    await ledger.recordAcknowledged(1, 4n, [])
    const next = await reopening(ledger)
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(3)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      acknowledged(1),
      { kind: 'acknowledgedBatch', partition: 1, baseOffset: '2', orderIds: ids.slice(1) },
    ])
    expect((await entriesOf(file)).slice(3)).toEqual([1, 2, 3].map(acknowledged))
    expect(next.outstanding).toEqual([])
  })

  it('writes no line that it could not read', async () => {
    const ledger = await opening()
    const ids = Array.from({ length: BATCH_IDS_MAX + 1 }, () => 'id')
    await expect(ledger.recordAcknowledged(1, 1n, ids)).rejects.toThrow('too many for one line')
    await ledger.recordAcknowledged(1, 1n, ids.slice(1))
    expect(await entriesOf(file)).toHaveLength(BATCH_IDS_MAX)
  })

  it('closes once, and records nothing afterwards', async () => {
    const ledger = await opening()
    expect(ledger.close()).toBe(ledger.close())
    await expect(ledger.recordTried(sampleOrder(1), 'run', 1)).rejects.toThrow(/is closed/)
    await expect(ledger.recordOutcome(acknowledged(1))).rejects.toThrow(LedgerError)
  })

  it('refuses a second producer until the first one has closed', async () => {
    const ledger = await opening()
    await expect(openLedger(file)).rejects.toThrow(`in use by process ${process.pid}`)
    await expect(reopening(ledger)).resolves.toBeDefined()
  })
})

describe('a ledger that was cut off', () => {
  const lines = [formatEntry(run), ...[0, 1, 2].map((n) => formatEntry(tried(n)))]
  const whole = Buffer.from([...lines, formatEntry(acknowledged(1))].join(''))

  it('loses at most the torn line, at whatever byte it was cut, and goes on', async () => {
    await (await opening()).close()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (bytes) => {
        await writeFile(file, whole.subarray(0, bytes))
        const ended = whole.subarray(0, bytes).filter((byte) => byte === 0x0a).length
        const ledger = await openLedger(file)
        await ledger.recordTried(sampleOrder(9), 'run', 9)
        await ledger.close()
        const entries = await entriesOf(file)
        // A line that only lacks its line break is whole.
        const kept = ended + (whole[bytes] === 0x0a ? 1 : 0)
        const all = [run, tried(0), tried(1), tried(2), acknowledged(1)]
        expect(entries).toEqual([...all.slice(0, kept), tried(9)])
        const isTorn = bytes > 0 && whole[bytes - 1] !== 0x0a && whole[bytes] !== 0x0a
        expect(ledger.report).toMatchObject({ tornLines: isTorn ? 1 : 0, unreadableLines: 0 })
      }),
      { numRuns: 60, examples: [[0], [1], [whole.length - 1], [whole.length]] },
    )
  })

  it('has its torn line removed, so that it is told once only', async () => {
    await (await opening()).close()
    await writeFile(file, whole.subarray(0, whole.length - 9))
    const ledger = await opening()
    expect(ledger.report.tornLines).toBe(1)
    expect((await reopening(ledger)).report.tornLines).toBe(0)
  })
})

describe('a ledger with lines that cannot be read', () => {
  it('counts and names them, keeps them in the file, and reads the rest', async () => {
    await (await opening()).close()
    const bad = ['hello', '{"kind":"tried"}', 'x'.repeat(2_000_000)]
    await writeFile(file, [formatEntry(tried(1)), ...bad.map((line) => `${line}\n`)].join(''))
    await appendFile(file, formatEntry(tried(2)))
    const ledger = await opening()
    expect(ledger.outstanding).toEqual([sampleOrder(1), sampleOrder(2)])
    expect(ledger.report.unreadableLines).toBe(3)
    expect(ledger.report.unreadable.map(({ line }) => line)).toEqual([2, 3, 4])
    await ledger.recordTried(sampleOrder(3), 'run', 3)
    expect(await readFile(file, 'utf8')).toContain(bad.join('\n'))
    const told: number[] = []
    for await (const _ of readLedger(file, ({ line }) => told.push(line))) continue
    expect(told).toEqual([2, 3, 4])
  })

  it('never cuts off the end of a file that no ledger wrote', async () => {
    await (await opening()).close()
    await writeFile(file, 'my notes\nwithout a line break')
    const ledger = await opening()
    await ledger.recordRun(run)
    expect(await readFile(file, 'utf8')).toBe(`my notes\nwithout a line break\n${formatEntry(run)}`)
    expect(ledger.report).toMatchObject({ tornLines: 0, unreadableLines: 2 })
  })
})

describe('a ledger on a disk that refuses', () => {
  let isFull = false
  const wrapFile: LedgerOptions['wrapFile'] = (handle): JournalFile => ({
    write: async (bytes, offset, length, position) => {
      if (!isFull) return handle.write(bytes, offset, length, position)
      await handle.write(bytes, offset, Math.floor(length / 2), position)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    },
    datasync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
  })

  it('rejects in one clear line, stays whole, and works again when there is space', async () => {
    const ledger = await opening({ wrapFile })
    await ledger.recordTried(sampleOrder(1), 'run', 1)
    const { size } = await stat(file)
    isFull = true
    await expect(ledger.recordTried(sampleOrder(2), 'run', 2)).rejects.toThrow(
      `the ledger ${file} has no space left on its disk: free some (ENOSPC)`,
    )
    expect((await stat(file)).size).toBe(size)
    await expect(ledger.recordOutcome(acknowledged(1))).rejects.toThrow(LedgerError)
    await expect(ledger.flush()).rejects.toThrow('could not record 1 outcomes')
    isFull = false
    await ledger.recordTried(sampleOrder(3), 'run', 3)
    expect(await entriesOf(file)).toEqual([tried(1), acknowledged(1), tried(3)])
  })

  it('tells at the end what it could not record, and lets the lock go all the same', async () => {
    const ledger = await opening({ wrapFile })
    await ledger.recordTried(sampleOrder(1), 'run', 1)
    isFull = true
    ledger.recordOutcome(acknowledged(1)).catch(() => undefined)
    await expect(ledger.close()).rejects.toThrow('their orders count as outstanding')
    isFull = false
    expect((await opening()).outstanding).toEqual([sampleOrder(1)])
  })

  it('says in one line that the ledger cannot be where it is set', async () => {
    await writeFile(path.join(folder, 'file'), '')
    const below = path.join(folder, 'file', 'ledger.jsonl')
    await expect(openLedger(below)).rejects.toThrow(/is below something that is no folder/)
    await expect(openLedger(folder)).rejects.toThrow(/is a folder: name a file/)
  })
})

describe('readLedger', () => {
  it('leaves out a last line that is still being written', async () => {
    const ledger = await opening()
    await ledger.recordRun(run)
    await appendFile(file, '{"kind":"tri')
    const told: unknown[] = []
    const entries: LedgerEntry[] = []
    for await (const entry of readLedger(file, (line) => told.push(line))) entries.push(entry)
    expect(entries).toEqual([run])
    expect(told).toEqual([])
  })

  it('says in one line that there is no ledger', async () => {
    await expect(entriesOf(file)).rejects.toThrow(`the ledger ${file} does not exist`)
  })
})
