import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { expandEntry, parseEntry, type LedgerEntry } from '@orders/platform/ledger-format'

const LOOK_BYTES_MAX = 4 * 1024 * 1024
const LINE_BREAK = 0x0a

/** Reads what has been added to a ledger since the last look, whole lines only. */
export class LedgerTail {
  readonly #file: string
  /** The end of the last whole line: a producer that starts again cuts off a torn one after it. */
  #offset = 0

  constructor(file: string) {
    this.#file = file
  }

  /** The new entries; none while the file is not there. */
  read(): LedgerEntry[] {
    const bytes = this.#readBytes()
    const end = bytes.lastIndexOf(LINE_BREAK) + 1
    this.#offset += end
    const lines = bytes.subarray(0, end).toString().split('\n')
    return lines.flatMap((line) => {
      const read = parseEntry(line)
      // What cannot be read is the referee's business.
      return 'entry' in read ? expandEntry(read.entry) : []
    })
  }

  #readBytes(): Buffer {
    const handle = openIfThere(this.#file)
    if (handle === null) return Buffer.alloc(0)
    try {
      const added = Math.max(0, fstatSync(handle).size - this.#offset)
      const bytes = Buffer.alloc(Math.min(added, LOOK_BYTES_MAX))
      const length = readSync(handle, bytes, 0, bytes.length, this.#offset)
      return bytes.subarray(0, length)
    } finally {
      closeSync(handle)
    }
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
