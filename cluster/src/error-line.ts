import { readFileSync } from 'node:fs'

const NAMED_ERROR = /\b(ERROR|FATAL|SEVERE)\b|^(Error|Exception in thread|# .*FATAL)|^Error:/
const EXCEPTION = /^(Caused by: )?[\w.$]+(Exception|Error)\b/
const LINE_LENGTH_MAX = 300

/** Picks the line out of a log that most likely says why its process ended, or null. */
export function findErrorLine(text: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const isError = (line: string) => NAMED_ERROR.test(line)
  const fatal = lines.findLastIndex((line) => isError(line) && /fatal/i.test(line))
  // What goes wrong while a process shuts down is the last error, and rarely the reason.
  const at = fatal >= 0 ? fatal : lines.findLastIndex(isError)
  if (at < 0) return shorten(lines.at(-1))
  // Log lines often say only "fatal error", and the exception below them says which.
  const below = lines.slice(at + 1).filter((line) => EXCEPTION.test(line))
  const cause = below.findLast((line) => line.startsWith('Caused by: ')) ?? below[0]
  return shorten(cause === undefined ? lines[at] : `${lines[at]}: ${cause}`)
}

/** Does the same for a log file; null also when there is none. */
export function readErrorLine(file: string): string | null {
  try {
    return findErrorLine(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

function shorten(line: string | undefined): string | null {
  const plain = line?.trim().replaceAll(/\s+/g, ' ')
  if (plain === undefined || plain.length <= LINE_LENGTH_MAX) return plain ?? null
  return `${plain.slice(0, LINE_LENGTH_MAX)}…`
}
