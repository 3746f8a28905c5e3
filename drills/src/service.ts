import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { typescriptArgs } from '@orders/platform/typescript-args'
import { until } from './until.ts'

/** The services by the name of their folder. */
export type ServiceKind = 'producer' | 'consumer-auto' | 'consumer-batch'

/** How one life of a service ended. */
export interface Ending {
  /** Counts the lives from 1. */
  life: number
  code: number | null
  signal: NodeJS.Signals | null
  atMs: number
  /** A drill ended it, or gave that life a fault point. */
  isCaused: boolean
}

/** What a service is given. */
export interface ServiceOptions {
  kind: ServiceKind
  /** Names its files: `auto-1`. */
  label: string
  /** Where its log and its traces go, and where it runs. */
  folder: string
  args?: string[]
  /** All that it sees of the environment, beside PATH. */
  env: Record<string, string>
  /** The environment of every life after the first; the first one without its fault point if left out. */
  nextEnv?: Record<string, string>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LINES_MAX = 300
const RESTART_PAUSE_MS = 500
const LIVES_MAX = 500
const STOP_LIMIT_MS = 15_000
const SAY_LIMIT_MS = 60_000

/** A real service process that is started again when it dies, as a restart policy would. */
export class Service {
  readonly kind: ServiceKind
  readonly label: string
  /** The last of what it said, over all its lives. */
  readonly lines: string[] = []
  readonly endings: Ending[] = []
  /** One for each life, whether it wrote one or not. */
  readonly traceFiles: string[] = []
  readonly logFile: string
  /** The environment of the lives to come; a fault point in it counts for one life. */
  nextEnv: Record<string, string>
  /** Settles when it has ended and is not started again. */
  readonly ended: Promise<void>
  readonly #options: ServiceOptions
  #child: ChildProcess | null = null
  #isRetired = false
  #isEndCaused = false
  readonly #pause = new AbortController()
  readonly #spokenLives = new Set<number>()

  constructor(options: ServiceOptions) {
    this.#options = options
    this.kind = options.kind
    this.label = options.label
    this.logFile = join(options.folder, `${options.label}.log`)
    this.nextEnv = options.nextEnv ?? withoutFaultPoint(options.env)
    this.ended = this.#live(options.env)
  }

  /** The process id of the present life; null between two lives. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** Whether the present life has said something: it does so only once it understands SIGTERM. */
  get isListening(): boolean {
    return this.#child !== null && this.#spokenLives.has(this.lives)
  }

  /**
   * The traces that must be there: those of all lives but the ones that ended without a word, before
   * they could open theirs.
   */
  get writtenTraces(): string[] {
    return this.traceFiles.filter(
      (file, index) => this.#spokenLives.has(index + 1) || existsSync(file),
    )
  }

  /** Whether it is never started again: ended on purpose, or by itself with its work done. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /** How many lives have begun. */
  get lives(): number {
    return this.traceFiles.length
  }

  /** The endings that no drill caused, a clean end by itself left out. */
  get unexpectedEndings(): Ending[] {
    return this.endings.filter(({ code, isCaused }) => !isCaused && code !== 0)
  }

  /** Ends this life at once; the next one begins after the usual pause. */
  async kill(): Promise<Ending> {
    return this.#endLife('SIGKILL')
  }

  /** Asks it to end and does not start it again; after 15 s it is killed, which the ending shows. */
  async terminate(): Promise<Ending> {
    this.#isRetired = true
    this.#pause.abort()
    const ending = await this.#endLife('SIGTERM')
    await this.ended
    return ending
  }

  /** Ends it at once and for good, whatever state it is in. */
  async abandon(): Promise<void> {
    this.#isRetired = true
    this.#pause.abort()
    await this.#endLife('SIGKILL')
    await this.ended
  }

  /** Ends it with SIGTERM and begins the next life with this environment on top of its own. */
  async restartWith(env: Record<string, string>): Promise<Ending> {
    const { lives } = this
    this.nextEnv = { ...withoutFaultPoint(this.nextEnv), ...env }
    const ending = await this.#endLife('SIGTERM')
    await this.#untilLife(lives + 1)
    return ending
  }

  /** Stops the process without ending it, until `thaw`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  /** Lets a frozen process go on. */
  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** How many of the last lines match. */
  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length
  }

  /** Waits until one of the last lines matches. */
  async untilSaid(pattern: RegExp, signal: AbortSignal, limitMs = SAY_LIMIT_MS): Promise<void> {
    const what = `${this.label} says ${String(pattern)}`
    await until({ what, limitMs, signal }, () => this.count(pattern) > 0)
  }

  async #untilLife(life: number): Promise<void> {
    const what = `${this.label} begins life ${life}`
    const { signal } = new AbortController()
    await until({ what, limitMs: STOP_LIMIT_MS, signal }, () => this.lives >= life)
  }

  async #endLife(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ending> {
    const child = this.#child
    const life = this.lives
    if (!child) return this.#endingOf(life)
    this.#isEndCaused = true
    const closed = new Promise<'closed'>((resolve) => {
      child.once('close', () => resolve('closed'))
    })
    child.kill(signal)
    const late = sleep(STOP_LIMIT_MS, 'late' as const, { ref: false })
    if ((await Promise.race([closed, late])) === 'late') {
      this.#hear(`drill: does not end within ${STOP_LIMIT_MS / 1_000} s of ${signal}: killed`)
      child.kill('SIGKILL')
      await closed
    }
    return this.#endingOf(life)
  }

  #endingOf(life: number): Ending {
    const ending = this.endings.find((each) => each.life === life)
    return ending ?? { life, code: null, signal: null, atMs: Date.now(), isCaused: true }
  }

  async #live(firstEnv: Record<string, string>): Promise<void> {
    let env = firstEnv
    for (let life = 1; life <= LIVES_MAX; life += 1) {
      const ending = await this.#liveOnce(life, env)
      this.#hear(`drill: life ${life} ended by ${ending.signal ?? `exit code ${ending.code}`}`)
      if (ending.code === 0 && !ending.isCaused) this.#isRetired = true
      if (this.#isRetired) return
      await sleep(RESTART_PAUSE_MS, undefined, { signal: this.#pause.signal }).catch(() => null)
      if (this.#isRetired) return
      env = this.nextEnv
      this.nextEnv = withoutFaultPoint(this.nextEnv)
    }
    this.#isRetired = true
    this.#hear(`drill: given up after ${LIVES_MAX} lives`)
  }

  #liveOnce(life: number, env: Record<string, string>): Promise<Ending> {
    const { kind, label, folder, args = [] } = this.#options
    const traceFile = join(folder, `${label}-${life}.trace.jsonl`)
    this.traceFiles.push(traceFile)
    this.#isEndCaused = false
    const child = spawn(
      process.execPath,
      [...typescriptArgs(), `${ROOT}${kind}/src/main.ts`, ...args],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          NO_COLOR: '1',
          ...env,
          ...(kind === 'producer' ? {} : { TRACE_FILE: traceFile }),
        },
        // A process group of its own: Ctrl-C must reach the drill alone, which stops things in order.
        detached: true,
        // A service ends when this channel closes: it does not outlive a drill that was killed.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => this.#hear(line, life))
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      // Listened to before anybody waits for the end, so that the ending is known to them.
      child.once('close', (code, signal) => {
        const isPlanned = env['FAULT_POINT'] !== undefined && signal === 'SIGKILL'
        const isCaused = this.#isEndCaused || isPlanned
        const ending = { life, code, signal, atMs: Date.now(), isCaused }
        this.endings.push(ending)
        this.#child = null
        resolve(ending)
      })
    })
  }

  /** A line, and the life that said it; one of the drill itself has none. */
  #hear(line: string, life?: number): void {
    if (life !== undefined) this.#spokenLives.add(life)
    this.lines.push(line)
    if (this.lines.length > LINES_MAX) this.lines.shift()
    appendFileSync(this.logFile, `${line}\n`)
  }
}

function withoutFaultPoint(env: Record<string, string>): Record<string, string> {
  const { FAULT_POINT: _once, ...rest } = env
  return rest
}
