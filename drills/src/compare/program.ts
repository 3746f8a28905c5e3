import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitAtMost } from '@orders/platform/patience'
import { typescriptArgs } from '@orders/platform/typescript-args'

/** One process of a comparison. */
export interface ProgramOptions {
  /** Names its log. */
  label: string
  /** From the root of the repository. */
  path: string
  args?: string[]
  /** For node itself: `NODE_OPTIONS` does not take all of them. */
  nodeArgs?: string[]
  /** All that it sees of the environment, beside PATH. */
  env: Record<string, string>
  folder: string
}

/** How a process ended, and when. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  atMs: number
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const STOP_LIMIT_MS = 15_000
const LINES_SHOWN = 12

/** A service or an unsafe program, for one life. */
export class Program {
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  readonly #logFile: string
  #hasEnded = false

  constructor({ label, path, args = [], nodeArgs = [], env, folder }: ProgramOptions) {
    this.#logFile = join(folder, `${label}.log`)
    const log = openSync(this.#logFile, 'a')
    const words = [...nodeArgs, ...typescriptArgs(), join(ROOT, path), ...args]
    this.#child = spawn(process.execPath, words, {
      cwd: folder,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      // A process group of its own: Ctrl-C must reach the comparison alone, which stops in order.
      detached: true,
      // It ends when this channel closes, and so does not outlive a comparison that was killed.
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true
        resolve({ code, signal, atMs: Date.now() })
      })
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

  /** Asks it to end; after 15 s it is killed. */
  async stop(): Promise<Ending> {
    this.#child.kill('SIGTERM')
    await waitAtMost(STOP_LIMIT_MS, this.ended)
    return this.kill()
  }

  /** Ends it at once; one that has ended already stays as it is. */
  async kill(): Promise<Ending> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL')
    return this.ended
  }

  /** The last of what it said, for an error. */
  get lastLines(): string {
    return readFileSync(this.#logFile, 'utf8').trim().split('\n').slice(-LINES_SHOWN).join('\n')
  }
}
