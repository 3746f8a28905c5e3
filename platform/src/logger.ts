import { pino, type Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'

export type { Logger }

/** How much a log says, and for whom. */
export interface LoggerOptions {
  name: string
  level: string
  /** `pretty` for a person at a terminal, `json` for a machine. */
  format: 'pretty' | 'json'
  /** Takes the text of a pretty log; stdout when left out. */
  write?: (text: string) => void
}

/** Builds the log of a process, written to stdout. */
export function createLogger({ name, level, format, write }: LoggerOptions): Logger {
  if (format === 'json') return pino({ name, level })
  const prettify = prettyFactory({
    colorize: useColour(),
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name',
    hideObject: true,
  })
  const out = write ?? ((text: string) => void process.stdout.write(text))
  return pino({ name, level }, { write: (line) => out(prettify(line)) })
}

function useColour(): boolean {
  if (process.env['NO_COLOR']) return false
  return Boolean(process.env['FORCE_COLOR']) || process.stdout.isTTY
}

const LINES_PER_SECOND = 100

/** Lets so many lines a second through and counts the rest, so that no flood slows the work. */
export class LineLimiter {
  readonly #onSkipped: (count: number) => void
  readonly #linesPerSecond: number
  #second = 0
  #lines = 0

  constructor(onSkipped: (count: number) => void, linesPerSecond = LINES_PER_SECOND) {
    this.#onSkipped = onSkipped
    this.#linesPerSecond = linesPerSecond
  }

  /** Says whether a line may be written at this time in ms. */
  admit(now: number): boolean {
    return this.admitSome(1, now) === 1
  }

  /** Says how many of so many lines, the first of them, may be written at this time in ms. */
  admitSome(lines: number, now: number): number {
    this.#enterSecond(now)
    const room = Math.max(0, this.#linesPerSecond - this.#lines)
    this.#lines += lines
    return Math.min(lines, room)
  }

  /** Leaves so many lines out when none of them may be written at this time; says whether. */
  skip(now: number, count: number): boolean {
    this.#enterSecond(now)
    if (this.#lines < this.#linesPerSecond) return false
    this.#lines += count
    return true
  }

  /** Tells how many lines were left out since the last time. */
  settle(): void {
    const skipped = this.#lines - this.#linesPerSecond
    this.#lines = 0
    if (skipped > 0) this.#onSkipped(skipped)
  }

  #enterSecond(now: number): void {
    const second = Math.floor(now / 1_000)
    if (second === this.#second) return
    this.settle()
    this.#second = second
  }
}
