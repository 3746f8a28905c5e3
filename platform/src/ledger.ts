import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises'
import path from 'node:path'
import type { Order } from '@orders/schemas/order'
import { LedgerError, ledgerError } from './ledger-error.ts'
import {
  BATCH_IDS_MAX,
  expandEntry,
  type LedgerEntry,
  type OutcomeEntry,
  type RunEntry,
  type WrittenEntry,
} from './ledger-format.ts'
import { Journal, type JournalFile } from './ledger-journal.ts'
import { type LedgerLock, takeLedgerLock } from './ledger-lock.ts'
import { isTorn, type LedgerContent, loadLedger } from './ledger-read.ts'
import { readLedgerLines, type UnreadableLine } from './ledger-read.ts'
import type { LedgerState } from './ledger-state.ts'

/** How to open a ledger. */
export interface LedgerOptions {
  /**
   * When an entry counts as written. `disk`: it is synced. `system`: the operating system has it,
   * which a process that dies cannot undo, but a power failure can. `disk` when left out.
   */
  sync?: 'disk' | 'system'
  /** Stands between ledger and disk, for tests of disks that fail. */
  wrapFile?: (file: FileHandle) => JournalFile
}

/** In which condition the file was when it was opened. */
export interface LedgerReport {
  /** 1 where the last line was cut off in the middle, by a crash, and has been removed. */
  tornLines: number
  /** How many lines are no entries; they stay in the file. */
  unreadableLines: number
  /** The first twenty of them. */
  unreadable: UnreadableLine[]
}

const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT
const FILE_MODE = 0o644
/**
 * Linux can sync with the write itself, as after `fdatasync`: one call instead of two, which at a
 * steady pace of small writes is a third less to wait. Elsewhere such a write may end in the cache
 * of the drive, and a sync of its own does not.
 */
const SYNCS_WITH_WRITE = process.platform === 'linux'

/**
 * Opens the ledger of a producer, or begins one: makes its folders, takes its lock, reads what is
 * outstanding and removes a torn last line.
 *
 * @throws {LedgerError} in one line, where another process has it or it cannot be written.
 */
export async function openLedger(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const undo: (() => Promise<unknown>)[] = []
  try {
    await mkdir(path.dirname(file), { recursive: true })
    const handle = await open(file, openFlags(options), FILE_MODE)
    undo.push(() => handle.close())
    // The real path, because the lock has to be the same one whichever way leads to the file.
    const lock = await takeLedgerLock(await realpath(file))
    undo.push(() => lock.release())
    const content = await loadLedger(file)
    const fileBytes = await repair(handle, content)
    // What a killed process wrote last may not be on disk yet, and it is sent without another line.
    await handle.datasync()
    await syncFolder(path.dirname(file))
    return new Ledger({ file, handle, lock, content, fileBytes, options })
  } catch (error) {
    for (const release of undo.reverse()) await release()
    throw ledgerError(file, error)
  }
}

/**
 * Reads the entries of a ledger from its beginning, also while a producer writes it, and takes no
 * lock. Orders that were acknowledged in one line come as one entry each. Lines that are no entries
 * are told to `onUnreadable`, but for a last one still in writing.
 *
 * @throws {LedgerError} where there is no ledger or it cannot be read.
 */
export async function* readLedger(
  file: string,
  onUnreadable: (line: UnreadableLine) => void = () => undefined,
): AsyncGenerator<LedgerEntry> {
  try {
    for await (const lines of readLedgerLines(file)) {
      for (const read of lines) {
        if ('entry' in read) yield* expandEntry(read.entry)
        else if (!isTorn(read)) onUnreadable({ line: read.line.number, problem: read.problem })
      }
    }
  } catch (error) {
    throw ledgerError(file, error)
  }
}

interface LedgerParts {
  file: string
  handle: FileHandle
  lock: LedgerLock
  content: LedgerContent
  fileBytes: number
  options: LedgerOptions
}

/** The account of every order that a producer tried to send. Made by `openLedger`. */
export class Ledger {
  readonly report: LedgerReport
  readonly #file: string
  readonly #state: LedgerState
  readonly #journal: Journal
  readonly #release: () => Promise<void>
  #closing: Promise<void> | null = null

  constructor({ file, handle, lock, content, fileBytes, options }: LedgerParts) {
    const { state, tornFromByte, unreadableLines, unreadable } = content
    this.report = { tornLines: tornFromByte === null ? 0 : 1, unreadableLines, unreadable }
    this.#file = file
    this.#state = state
    this.#journal = new Journal({
      file: options.wrapFile?.(handle) ?? handle,
      fileBytes,
      isSynced: isSynced(options) && !SYNCS_WITH_WRITE,
      onRefused: (cause) => ledgerError(file, cause),
    })
    this.#release = async () => {
      await handle.close()
      await lock.release()
    }
  }

  /** What earlier runs have tried and nobody acknowledged, in the order in which it was tried. */
  get outstanding(): Order[] {
    return [...this.#state.outstanding.values()]
  }

  /** The last run that began before this ledger was opened, or null in a new ledger. */
  get lastRun(): RunEntry | null {
    return this.#state.lastRun
  }

  /** How far a run had come: the highest index tried in it plus one, 0 for a run not known. */
  triedInRun(runId: string): number {
    return this.#state.triedInRun.get(runId) ?? 0
  }

  /** Records that a run begins; resolves when it is on disk. */
  recordRun(run: RunEntry): Promise<void> {
    return this.#append(run)
  }

  /**
   * Records that an order is about to be sent; resolves when that is on disk. Rejects with a
   * `LedgerError` when the disk refuses: then the order was not recorded and must not be sent.
   */
  recordTried(order: Order, runId: string, index: number | null): Promise<void> {
    return this.#append({ kind: 'tried', runId, index, order })
  }

  /**
   * Records what became of an order whose `recordTried` has resolved. Nobody has to wait for it,
   * and it waits a moment itself for others to be written with. It rejects when the disk refuses
   * for now: the outcome is kept all the same and written with the next entry, `flush` or `close`
   * that the disk takes.
   */
  recordOutcome(outcome: OutcomeEntry): Promise<void> {
    return this.#append(outcome)
  }

  /**
   * Records, as `recordOutcome` does, that Kafka has these orders one after the other from an
   * offset on: many in one line, 10 000 at most, a single one in the line that a person looks for.
   */
  recordAcknowledged(
    partition: number,
    firstOffset: bigint,
    orderIds: readonly string[],
  ): Promise<void> {
    if (orderIds.length > BATCH_IDS_MAX) {
      const what = `${orderIds.length} orders are too many for one line of the ledger`
      return Promise.reject(new RangeError(what))
    }
    const [orderId] = orderIds
    if (orderId === undefined) return Promise.resolve()
    const first = String(firstOffset)
    return this.#append(
      orderIds.length === 1
        ? { kind: 'acknowledged', orderId, partition, offset: first }
        : { kind: 'acknowledgedBatch', partition, baseOffset: first, orderIds },
    )
  }

  /** Resolves when all that was recorded is on disk; rejects when the disk refuses outcomes. */
  async flush(): Promise<void> {
    await this.#journal.settle()
    const { keptCount } = this.#journal
    if (keptCount === 0) return
    throw new LedgerError(
      `the ledger ${this.#file} could not record ${keptCount} outcomes: ` +
        'their orders count as outstanding and will be sent again',
    )
  }

  /** Flushes, closes the file and gives the lock back, also when the flush fails. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#release()
    }
  }

  #append(entry: WrittenEntry): Promise<void> {
    if (this.#closing === null) return this.#journal.append(entry)
    const what = `the ledger ${this.#file} is closed: '${entry.kind}' was not recorded`
    return Promise.reject(new LedgerError(what))
  }
}

function isSynced({ sync }: LedgerOptions): boolean {
  return sync !== 'system'
}

function openFlags(options: LedgerOptions): number {
  return isSynced(options) && SYNCS_WITH_WRITE ? OPEN_FLAGS | constants.O_DSYNC : OPEN_FLAGS
}

/** Removes a torn last line, ends one that only lacks its line break, and gives the file's size. */
async function repair(handle: FileHandle, content: LedgerContent): Promise<number> {
  const { size } = await handle.stat()
  if (content.tornFromByte !== null) {
    await handle.truncate(content.tornFromByte)
    return content.tornFromByte
  }
  if (!content.lacksLineBreak) return size
  await handle.write('\n', size)
  return size + 1
}

// Without this a power failure can take away a new file although its content was synced.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
