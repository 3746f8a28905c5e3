import { createReadStream } from 'node:fs'
import { describeError } from '@orders/platform/user-error'
import { CouldNotJudge } from './could-not-judge.ts'
import { LineSplitter } from './line-splitter.ts'

/** A line of a file of JSON lines. */
export interface JsonLine {
  /** From 1. */
  number: number
  /** What it says; `undefined` where it is no JSON. */
  value: unknown
  /** The last line, without its end: whoever wrote it may have died over it. */
  isTorn: boolean
}

const LINE_BYTES_MAX = 4 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024

/** Reads a file line by line, in blocks; blank lines are left out. */
export async function* readJsonLines(file: string): AsyncGenerator<JsonLine[]> {
  const splitter = new LineSplitter('\n', LINE_BYTES_MAX)
  let number = 0
  const readLine = (line: Buffer, isTorn: boolean): JsonLine[] => {
    number += 1
    const text = line.toString('utf8')
    return text === '' ? [] : [{ number, value: parse(text), isTorn }]
  }
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      yield splitter.push(chunk as Buffer).flatMap((line) => readLine(line, false))
    }
    yield readLine(splitter.rest(), true)
  } catch (error) {
    throw new CouldNotJudge(`cannot read ${file}: ${describeError(error)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
