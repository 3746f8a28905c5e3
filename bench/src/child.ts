import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { waitAtMost } from '@orders/platform/patience'
import { lastWords } from './last-words.ts'

/** A program that is not one of our services. */
export interface ChildOptions {
  /** Names it in errors. */
  label: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  cwd: string
  /** Keeps what it says. */
  logFile?: string
}

const OUTPUT_MAX = 1024 * 1024
const END_LIMIT_MS = 15_000

/** Another client or a tool, for one life. It ends by itself when its stdin closes, or is killed. */
export class Child {
  readonly label: string
  /** Settles with the exit code; null when it was ended by a signal or could not be started. */
  readonly ended: Promise<number | null>
  /** What it printed. */
  output = ''
  /** What it complained about. */
  complaints = ''
  readonly #child: ChildProcess
  #hasEnded = false

  constructor({ label, command, args, env, cwd, logFile }: ChildOptions) {
    this.label = label
    // A process group of its own: Ctrl-C must reach the bench alone, and helpers end with it.
    this.#child = spawn(command, args, { env, cwd, detached: true, stdio: 'pipe' })
    this.#child.stdin?.on('error', () => undefined) // It may be gone before its stdin is closed.
    const keep = (text: string): void => {
      if (logFile !== undefined) appendFileSync(logFile, text)
    }
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      keep(text)
      this.output = (this.output + text).slice(-OUTPUT_MAX)
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      keep(text)
      this.complaints = (this.complaints + text).slice(-OUTPUT_MAX)
    })
    this.ended = new Promise((resolve) => {
      const end = (code: number | null): void => {
        this.#hasEnded = true
        resolve(code)
      }
      this.#child.once('error', (error) => {
        this.complaints += `${error.message}\n`
        end(null)
      })
      this.#child.once('close', end)
    })
  }

  /** The process id; null when it could not be started. */
  get pid(): number | null {
    return this.#child.pid ?? null
  }

  /** Whether it has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Closes its stdin and waits for its end; after 15 s it is killed. */
  async finish(): Promise<number | null> {
    this.#child.stdin?.end()
    await waitAtMost(END_LIMIT_MS, this.ended)
    return this.kill()
  }

  /** Ends it and what it has started at once; one that has ended stays as it is. */
  async kill(): Promise<number | null> {
    const { pid } = this
    if (!this.#hasEnded && pid !== null) killGroup(pid)
    return this.ended
  }

  /** The one line of what it said that explains a failure. */
  get lastWords(): string {
    return lastWords(`${this.complaints}\n${this.output}`)
  }
}

/** Starts a program, waits for its end and gives it; throws when it fails or takes too long. */
export async function runChild(child: Child, limitMs: number, signal: AbortSignal): Promise<Child> {
  const over = new AbortController()
  const stopped = signal.aborted
    ? Promise.resolve()
    : once(signal, 'abort', { signal: over.signal })
  await waitAtMost(limitMs, Promise.race([child.ended, stopped.catch(() => undefined)]))
  over.abort()
  if (!child.hasEnded) {
    await child.kill()
    signal.throwIfAborted()
    throw new Error(`${child.label} took longer than ${limitMs / 1_000} s`)
  }
  const code = await child.ended
  if (code !== 0) throw new Error(`${child.label} ended with ${code}: ${child.lastWords}`)
  return child
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in between.
  }
}
