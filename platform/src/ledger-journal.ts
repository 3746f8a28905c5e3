import type { LedgerError } from './ledger-error.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { LEDGER_LINE_BYTES_MAX, type WrittenEntry, writeEntry } from './ledger-format.ts'

/** What the journal needs of an open file; a `FileHandle` is one. */
export interface JournalFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
  datasync(): Promise<void>
  truncate(bytes: number): Promise<void>
}

/** What a journal writes to, and whom it tells. */
export interface JournalOptions {
  file: JournalFile
  /** The size of the file, in bytes: the journal goes on there. */
  fileBytes: number
  /** Whether a group has to be synced once it is written; else its write does it, or nobody does. */
  isSynced: boolean
  /** Gives what callers see when the disk refused a group. */
  onRefused: (cause: unknown) => LedgerError
}

/** The most that one write and one sync take, in bytes; more waits for the next. */
export const GROUP_BYTES_MAX = 4 * 1024 * 1024
/** A group with so many bytes has room for one more entry of any length. */
const GROUP_BYTES_FULL = GROUP_BYTES_MAX - LEDGER_LINE_BYTES_MAX

/** Enough for what gathers in one turn at full speed. */
const GROUP_BYTES_FIRST = 256 * 1024
/** One group is being written while the next one gathers. */
const SPARES_MAX = 2

/**
 * So long, in ms, outcomes wait for others to share a sync with: nobody waits for them. A crash
 * meanwhile costs what one between answer and line always costs: those orders are sent again.
 */
export const OUTCOME_WAIT_MS = 10

type Outcome = Exclude<WrittenEntry, { kind: 'run' | 'tried' }>

interface Group {
  lines: ByteBuffer
  /** Those of its lines that a refusal must not take away. */
  outcomes: Outcome[]
  /** Whether it is to be written as soon as those before it are. */
  isDue: boolean
  /** Makes it due where it holds nothing but outcomes. */
  timer: NodeJS.Timeout | undefined
  /** Settles with the group: on disk, or refused. */
  written: Promise<void>
  resolve: () => void
  reject: (error: LedgerError) => void
}

/**
 * Appends entries to a file in groups: while one group is being synced the next one gathers, so
 * that thousands of entries share the price of one sync. A group of nothing but outcomes
 * waits a moment for a `tried` that is in more of a hurry. After a refusal the file is cut
 * back to its last good size before anything else is written.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #waiting: Group[] = []
  #kept: readonly Outcome[] = []
  /** Memory of groups that are on disk, for the next ones. */
  readonly #spares: ByteBuffer[] = []
  #fileBytes: number
  /** Whether there may be bytes behind the good ones. */
  #isTailDirty = false
  #isWriting = false

  constructor(options: JournalOptions) {
    this.#options = options
    this.#fileBytes = options.fileBytes
  }

  /** How many outcomes the disk has refused so far; they go with the next group. */
  get keptCount(): number {
    return this.#kept.length
  }

  /** Adds an entry; resolves when it is on disk, rejects when the disk refused its group. */
  append(entry: WrittenEntry): Promise<void> {
    const group = this.#groupWithRoom()
    writeEntry(group.lines, entry)
    if (isOutcome(entry)) group.outcomes.push(entry)
    if (isOutcome(entry) && hasRoom(group)) this.#hurrySoon(group)
    else this.#hurry(group)
    return group.written
  }

  /** Resolves when all that was added so far is on disk or refused; refused outcomes go again. */
  async settle(): Promise<void> {
    const group = this.#groupWithRoom()
    this.#hurry(group)
    await group.written.catch(() => undefined)
  }

  /** The last group: those before it are full, and so they are due. */
  #groupWithRoom(): Group {
    const last = this.#waiting.at(-1)
    if (last !== undefined && hasRoom(last)) return last
    const group = createGroup(this.#spares.pop() ?? new ByteBuffer(GROUP_BYTES_FIRST))
    this.#waiting.push(group)
    return group
  }

  #hurry(group: Group): void {
    if (group.isDue) return
    group.isDue = true
    clearTimeout(group.timer)
    if (!this.#isWriting) void this.#writeAll()
  }

  #hurrySoon(group: Group): void {
    if (group.isDue) return
    // A process that ends closes its ledger, and that does not wait for this.
    group.timer ??= setTimeout(() => this.#hurry(group), OUTCOME_WAIT_MS).unref()
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // One turn of patience: what is added in the same turn goes into the same group.
    await Promise.resolve()
    for (let group = this.#takeDue(); group; group = this.#takeDue()) await this.#commit(group)
    this.#isWriting = false
  }

  #takeDue(): Group | undefined {
    return this.#waiting[0]?.isDue === true ? this.#waiting.shift() : undefined
  }

  async #commit(group: Group): Promise<void> {
    const { lines, outcomes } = group
    try {
      await this.#write(this.#kept, lines.written)
      this.#kept = []
      group.resolve()
    } catch (cause) {
      // What became of an order stays true, whether or not the disk takes it.
      this.#kept = [...this.#kept, ...outcomes]
      await this.#cutBack().catch(() => undefined) // Tried again before the next write.
      group.reject(this.#options.onRefused(cause))
    } finally {
      this.#release(lines)
    }
  }

  #release(lines: ByteBuffer): void {
    lines.clear()
    if (this.#spares.length < SPARES_MAX) this.#spares.push(lines)
  }

  /** Writes what was refused before, then the rest, and syncs both at once. */
  async #write(kept: readonly Outcome[], lines: Buffer): Promise<void> {
    const bytes = kept.length === 0 ? lines : Buffer.concat([linesOf(kept), lines])
    if (bytes.length === 0) return
    if (this.#isTailDirty) await this.#cutBack()
    this.#isTailDirty = true
    let done = 0
    while (done < bytes.length) {
      const [left, at] = [bytes.length - done, this.#fileBytes + done]
      done += (await this.#options.file.write(bytes, done, left, at)).bytesWritten
    }
    if (this.#options.isSynced) await this.#options.file.datasync()
    this.#fileBytes += bytes.length
    this.#isTailDirty = false
  }

  async #cutBack(): Promise<void> {
    if (!this.#isTailDirty) return
    await this.#options.file.truncate(this.#fileBytes)
    this.#isTailDirty = false
  }
}

function createGroup(lines: ByteBuffer): Group {
  let settle: Pick<Group, 'resolve' | 'reject'> | undefined
  const written = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // A group may have nobody who waits for it; those who do still see its refusal.
  written.catch(() => undefined)
  if (settle === undefined) throw new Error('a promise runs its executor at once')
  return { lines, outcomes: [], isDue: false, timer: undefined, written, ...settle }
}

function hasRoom({ lines }: Group): boolean {
  return lines.length <= GROUP_BYTES_FULL
}

function linesOf(entries: readonly WrittenEntry[]): Buffer {
  const lines = new ByteBuffer(GROUP_BYTES_FIRST)
  for (const entry of entries) writeEntry(lines, entry)
  return lines.written
}

function isOutcome(entry: WrittenEntry): entry is Outcome {
  return entry.kind !== 'run' && entry.kind !== 'tried'
}
