import { rmSync, writeFileSync } from 'node:fs'
import { UserError, describeError } from './user-error.ts'

const REFRESH_EVERY_MS = 5_000

/**
 * A file that stays fresh while a service is what it should be. Whoever watches it looks at its
 * age: a process that hangs refreshes nothing, and so cannot say by mistake that it is well.
 */
export class HealthFile {
  readonly #file: string | undefined
  #writtenAt = -Infinity

  /** Throws a `UserError` when it cannot be written. What an earlier process has left is removed. */
  constructor(file: string | undefined) {
    this.#file = file
    if (file === undefined) return
    try {
      writeFileSync(file, '')
      rmSync(file)
    } catch (cause) {
      const problem = `cannot be written: ${describeError(cause)}`
      throw new UserError(`HEALTH_FILE="${file}" ${problem}`, { cause })
    }
  }

  /** Says that all is well at this time in ms. A failure only lets the file age: that tells it too. */
  refresh(now = Date.now()): void {
    if (this.#file === undefined || now - this.#writtenAt < REFRESH_EVERY_MS) return
    this.#writtenAt = now
    try {
      writeFileSync(this.#file, `${new Date(now).toISOString()}\n`)
    } catch {
      // Nobody could be told: the file is the way to tell it.
    }
  }

  /** Refreshes as long as the process is able to do anything; returns what ends that. */
  keepFresh(): () => void {
    this.refresh()
    const timer = setInterval(() => this.refresh(), REFRESH_EVERY_MS).unref()
    return () => clearInterval(timer)
  }

  /** Takes the file away: from now on nothing is said. */
  remove(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true })
  }
}
