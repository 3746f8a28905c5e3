import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { typescriptArgs } from '@orders/platform/typescript-args'

/** How a service ended. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

/** One service of the demo and what it is given. */
export interface ServiceOptions {
  name: string
  args: string[]
  env: NodeJS.ProcessEnv
  onLine: (line: string) => void
  /** Says whether to start it again after this ending. */
  shouldRestart: (ending: Ending) => boolean
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STOP_TIMEOUT_MS = 15_000
const RESTART_PAUSE_MS = 1_000
const RESTARTS_MAX = 20

/** A service that is started again when it dies, as a restart policy would. */
export class ServiceProcess {
  readonly #options: ServiceOptions
  readonly #stopping = new AbortController()
  #child: ChildProcess | null = null
  /** Settles when the service has ended and is not started again. */
  readonly ended: Promise<Ending>

  constructor(options: ServiceOptions) {
    this.#options = options
    this.ended = this.#run()
  }

  /** Ends it with SIGTERM; after 15 s with SIGKILL. */
  async stop(): Promise<Ending> {
    this.#stopping.abort()
    this.#child?.kill('SIGTERM')
    const late = sleep(STOP_TIMEOUT_MS, null, { ref: false })
    const ending = await Promise.race([this.ended, late])
    if (ending) return ending
    this.#options.onLine(`does not stop: killed after ${STOP_TIMEOUT_MS / 1_000} s`)
    this.#child?.kill('SIGKILL')
    return this.ended
  }

  async #run(): Promise<Ending> {
    const { onLine, shouldRestart } = this.#options
    for (let restarts = 0; ; restarts += 1) {
      const ending = await this.#runOnce()
      const again = !this.#stopping.signal.aborted && shouldRestart(ending)
      if (!again || restarts === RESTARTS_MAX) return ending
      onLine(`ended by ${ending.signal ?? `exit code ${ending.code}`}: started again`)
      await sleep(RESTART_PAUSE_MS)
      if (this.#stopping.signal.aborted) return ending
    }
  }

  #runOnce(): Promise<Ending> {
    const { name, args, env, onLine } = this.#options
    // A process group of its own: Ctrl-C must reach the demo alone, which stops things in order.
    const child = spawn(
      process.execPath,
      [...typescriptArgs(), `${ROOT}${name}/src/main.ts`, ...args],
      {
        cwd: ROOT,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine)
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }
}
