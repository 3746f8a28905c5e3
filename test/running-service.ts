import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Bench } from './bench.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A real service process under test; ended, whatever happens, when its test has finished. */
export class RunningService {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>

  constructor(name: string, args: string[], env: Record<string, string>) {
    const folder = mkdtempSync(join(tmpdir(), `orders-${name}-`))
    this.#child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx/esm'), `${ROOT}${name}/src/main.ts`, ...args],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }))
    })
    onTestFinished(async () => {
      this.#child.kill('SIGKILL')
      await this.exited
      rmSync(folder, { recursive: true, force: true })
    })
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Sends a signal and waits for the end. */
  async end(
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.#child.kill(signal)
    return this.exited
  }

  /** Everything it has said, as one text. */
  get output(): string {
    return this.lines.join('\n')
  }

  /** How many of its lines match. */
  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length
  }
}

/** Starts a service on a bench; what `env` says goes before what the bench says. */
export function startService(
  bench: Bench,
  name: 'producer' | 'consumer-auto' | 'consumer-batch',
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): RunningService {
  return new RunningService(name, args, {
    KAFKA_BROKERS: bench.brokers.join(','),
    SCHEMA_REGISTRY_URL: bench.registryUrl,
    REDIS_URL: bench.redisUrl,
    KAFKA_TOPIC: bench.topic,
    ...(name === 'producer' ? { LEDGER_FILE: bench.ledgerFile } : bench.consumerEnv(name)),
    ...env,
  })
}
