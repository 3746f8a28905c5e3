import { createReadStream } from 'node:fs'
import {
  isTornLine,
  LEDGER_LINE_BYTES_MAX,
  parseEntry,
  type WrittenEntry,
} from './ledger-format.ts'
import { applyEntry, emptyLedgerState, type LedgerState } from './ledger-state.ts'
import { readLineBlocks, type TextLine } from './line-blocks.ts'

/** A line that is no entry. It stays in the file. */
export interface UnreadableLine {
  /** From 1. */
  line: number
  problem: string
}

/** What a ledger file says, and in which condition it is. */
export interface LedgerContent {
  state: LedgerState
  /** Where a last line begins that was cut off in the middle, in bytes; null where none was. */
  tornFromByte: number | null
  /** How many other lines are no entries. */
  unreadableLines: number
  /** The first of them. */
  unreadable: UnreadableLine[]
  /** Whether the last line is whole but for its line break. */
  lacksLineBreak: boolean
}

/** A line of a ledger: an entry, or why it is none. */
export type LedgerLine = { line: TextLine } & ({ entry: WrittenEntry } | { problem: string })

const CHUNK_BYTES = 1024 * 1024
/** So many unreadable lines are described; the rest is counted. */
const UNREADABLE_TOLD_MAX = 20

/** Reads a ledger line by line in blocks, blank lines left out; memory does not grow with it. */
export async function* readLedgerLines(file: string): AsyncGenerator<LedgerLine[]> {
  const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  for await (const block of readLineBlocks(chunks, LEDGER_LINE_BYTES_MAX)) {
    yield block.filter(({ text }) => text !== '').map(readLine)
  }
}

/** Reads a whole ledger and keeps what is still outstanding. */
export async function loadLedger(file: string): Promise<LedgerContent> {
  const content: LedgerContent = {
    state: emptyLedgerState(),
    tornFromByte: null,
    unreadableLines: 0,
    unreadable: [],
    lacksLineBreak: false,
  }
  for await (const lines of readLedgerLines(file)) {
    for (const line of lines) takeLine(content, line)
  }
  return content
}

/** Whether a line is the last one and was cut off in the middle: it was never promised. */
export function isTorn({ line, ...read }: LedgerLine): boolean {
  return !line.ended && 'problem' in read && line.text !== null && isTornLine(line.text)
}

function readLine(line: TextLine): LedgerLine {
  if (line.text === null) return { line, problem: `is longer than ${LEDGER_LINE_BYTES_MAX} bytes` }
  return { line, ...parseEntry(line.text) }
}

function takeLine(content: LedgerContent, read: LedgerLine): void {
  const { line } = read
  if (isTorn(read)) {
    content.tornFromByte = line.start
    return
  }
  content.lacksLineBreak = !line.ended
  if ('entry' in read) applyEntry(content.state, read.entry)
  else takeUnreadable(content, { line: line.number, problem: read.problem })
}

function takeUnreadable(content: LedgerContent, line: UnreadableLine): void {
  content.unreadableLines += 1
  if (content.unreadable.length < UNREADABLE_TOLD_MAX) content.unreadable.push(line)
}
