import type { LedgerError } from './ledger-error.ts'
import { formatEntry, type LedgerEntry, type OutcomeEntry } from './ledger-format.ts'

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
  /** Called with the entries of a group, in the order of the file, when they are on disk. */
  onWritten: (entries: readonly LedgerEntry[]) => void
  /** Called when the disk refused a group, with the outcomes kept; gives what callers see. */
  onRefused: (cause: unknown, outcomes: readonly OutcomeEntry[]) => LedgerError
}

/** The most that one write and one sync take, in bytes; more waits for the next. */
export const GROUP_BYTES_MAX = 4 * 1024 * 1024

interface Batch<Entry extends LedgerEntry = LedgerEntry> {
  text: string
  entries: Entry[]
}

interface Group extends Batch {
  bytes: number
  /** Settles with the group: on disk, or refused. */
  written: Promise<void>
  resolve: () => void
  reject: (error: LedgerError) => void
}

/**
 * Appends entries to a file in groups: while one group is being synced the next one gathers, so
 * that thousands of entries share the price of one `fdatasync`. After a refusal the file is cut
 * back to its last good size before anything else is written.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #waiting: Group[] = []
  #kept: Batch<OutcomeEntry> = { text: '', entries: [] }
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
    return this.#kept.entries.length
  }

  /** Adds an entry; resolves when it is on disk, rejects when the disk refused its group. */
  append(entry: LedgerEntry): Promise<void> {
    const line = formatEntry(entry)
    const bytes = Buffer.byteLength(line)
    const group = this.#groupWithRoom(bytes)
    group.text += line
    group.entries.push(entry)
    group.bytes += bytes
    return group.written
  }

  /** Resolves when all that was added so far is on disk or refused; refused outcomes go again. */
  async settle(): Promise<void> {
    await this.#groupWithRoom(0).written.catch(() => undefined)
  }

  #groupWithRoom(bytes: number): Group {
    const last = this.#waiting.at(-1)
    if (last !== undefined && last.bytes + bytes <= GROUP_BYTES_MAX) return last
    const group = createGroup()
    this.#waiting.push(group)
    if (!this.#isWriting) void this.#writeAll()
    return group
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // One turn of patience: what is added in the same turn goes into the same group.
    await Promise.resolve()
    for (let group = this.#waiting.shift(); group; group = this.#waiting.shift()) {
      await this.#commit(group)
    }
    this.#isWriting = false
  }

  async #commit(group: Group): Promise<void> {
    const batch = joined(this.#kept, group)
    try {
      await this.#write(batch.text)
    } catch (cause) {
      this.#kept = outcomesOf(batch)
      await this.#cutBack().catch(() => undefined) // Tried again before the next write.
      group.reject(this.#options.onRefused(cause, this.#kept.entries))
      return
    }
    this.#kept = { text: '', entries: [] }
    this.#options.onWritten(batch.entries)
    group.resolve()
  }

  async #write(text: string): Promise<void> {
    if (text === '') return
    if (this.#isTailDirty) await this.#cutBack()
    const bytes = Buffer.from(text)
    this.#isTailDirty = true
    let done = 0
    while (done < bytes.length) {
      const [left, at] = [bytes.length - done, this.#fileBytes + done]
      done += (await this.#options.file.write(bytes, done, left, at)).bytesWritten
    }
    await this.#options.file.datasync()
    this.#fileBytes += bytes.length
    this.#isTailDirty = false
  }

  async #cutBack(): Promise<void> {
    if (!this.#isTailDirty) return
    await this.#options.file.truncate(this.#fileBytes)
    this.#isTailDirty = false
  }
}

function createGroup(): Group {
  let settle: Pick<Group, 'resolve' | 'reject'> | undefined
  const written = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // A group may have nobody who waits for it; those who do still see its refusal.
  written.catch(() => undefined)
  if (settle === undefined) throw new Error('a promise runs its executor at once')
  return { text: '', entries: [], bytes: 0, written, ...settle }
}

function joined(first: Batch, second: Batch): Batch {
  if (first.entries.length === 0) return second
  return { text: first.text + second.text, entries: [...first.entries, ...second.entries] }
}

function outcomesOf({ entries }: Batch): Batch<OutcomeEntry> {
  const outcomes = entries.filter(isOutcome)
  return { text: outcomes.map(formatEntry).join(''), entries: outcomes }
}

function isOutcome(entry: LedgerEntry | undefined): entry is OutcomeEntry {
  return entry !== undefined && entry.kind !== 'run' && entry.kind !== 'tried'
}
