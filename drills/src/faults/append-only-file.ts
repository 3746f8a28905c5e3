import { existsSync, readFileSync, readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** A file of commands in the form in which Redis appends them, and where each whole step ends. */
export interface AppendedSteps {
  /** The end of each command outside a transaction, and of each whole transaction, in bytes. */
  ends: number[]
}

/** What was cut off. */
export interface CutOff {
  file: string
  steps: number
  bytes: number
}

const STAR = 0x2a
const DOLLAR = 0x24
const LINE_END = '\r\n'

/**
 * Reads where the steps of an append-only file end. Throws when it is not of commands only, such
 * as one that begins with a snapshot.
 */
export function readSteps(bytes: Buffer): AppendedSteps {
  const ends: number[] = []
  let isInside = false
  for (let at = 0; at < bytes.length;) {
    const command = readCommand(bytes, at)
    if (command === null) break // A last one that was torn by the death of Redis.
    at = command.end
    if (command.name === 'MULTI') isInside = true
    else if (command.name === 'EXEC') isInside = false
    if (!isInside) ends.push(at)
  }
  return { ends }
}

/** Cuts the last so many steps off the append-only file in a folder of a Redis that is down. */
export function cutLastSteps(folder: string, count: number): CutOff {
  const file = findFile(folder)
  const bytes = readFileSync(file)
  const { ends } = readSteps(bytes)
  const steps = Math.min(count, ends.length)
  const end = ends.length > steps ? (ends[ends.length - steps - 1] ?? 0) : 0
  truncateSync(file, end)
  return { file, steps, bytes: bytes.length - end }
}

/** One file up to Redis 6; a folder of them from Redis 7 on, the newest with the highest number. */
function findFile(folder: string): string {
  const single = join(folder, 'appendonly.aof')
  const several = join(folder, 'appendonlydir')
  if (!existsSync(several)) return single
  const numberOf = (name: string): number => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? -1)
  const [newest] = readdirSync(several).sort((a, b) => numberOf(b) - numberOf(a))
  if (newest === undefined || numberOf(newest) < 0) throw new Error(`no file in ${several}`)
  return join(several, newest)
}

function readCommand(bytes: Buffer, from: number): { name: string; end: number } | null {
  const head = readCount(bytes, from, STAR)
  if (head === null) return null
  let { end } = head
  let name = ''
  for (let word = 0; word < head.count; word += 1) {
    const size = readCount(bytes, end, DOLLAR)
    if (size === null) return null
    const stop = size.end + size.count
    if (stop + LINE_END.length > bytes.length) return null
    if (word === 0) name = bytes.toString('latin1', size.end, stop).toUpperCase()
    end = stop + LINE_END.length
  }
  return { name, end }
}

function readCount(bytes: Buffer, at: number, sign: number): { count: number; end: number } | null {
  const end = bytes.indexOf(LINE_END, at)
  if (end < 0) return null
  const count = Number(bytes.toString('latin1', at + 1, end))
  if (bytes[at] === sign && Number.isInteger(count)) return { count, end: end + LINE_END.length }
  throw new Error(`byte ${at} of the append-only file begins no command`)
}
