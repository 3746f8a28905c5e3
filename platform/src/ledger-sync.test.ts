import { constants, readFileSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatEntry } from './ledger-format.ts'
import { tried } from './ledger-journal.samples.ts'
import { openLedger } from './ledger.ts'
import { sampleOrder } from './ledger.samples.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-sync-'))
  file = path.join(folder, 'ledger.jsonl')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

describe.runIf(process.platform === 'linux')('what a write waits for', () => {
  // Of `open(2)`, in octal digits as the kernel shows them.
  const isSyncedBySystem = async (sync: 'disk' | 'system'): Promise<boolean> => {
    let shown = ''
    const ledger = await openLedger(file, {
      sync,
      wrapFile: (handle) => {
        shown = readFileSync(`/proc/self/fdinfo/${handle.fd}`, 'utf8')
        return handle
      },
    })
    await ledger.recordTried(sampleOrder(1), 'run', 1)
    await ledger.close()
    const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(shown)?.[1] ?? '', 8)
    return (flags & constants.O_DSYNC) !== 0
  }

  it.each([
    ['disk', true],
    ['system', false],
  ] as const)('%s: the file was opened so that writes sync: %s', async (sync, expected) => {
    expect(await isSyncedBySystem(sync)).toBe(expected)
  })
})

it('syncs at the start what a killed process may have left to the operating system', async () => {
  await writeFile(file, formatEntry(tried(1)))
  const anyHandle = await open(file)
  const sync = vi.spyOn(Object.getPrototypeOf(anyHandle) as FileHandle, 'datasync')
  await anyHandle.close()
  const ledger = await openLedger(file)
  expect(ledger.outstanding).toEqual([sampleOrder(1)])
  expect(sync).toHaveBeenCalledTimes(1)
  await ledger.close()
})
