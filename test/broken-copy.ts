import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A change of one file; the text to be found must be there exactly once. */
export interface Patch {
  file: string
  find: string
  replace: string
}

/** The services that can be started from a copy. */
export type ServiceName = 'producer' | 'consumer-auto' | 'consumer-batch'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORKSPACES = ['schemas', 'platform', 'producer', 'consumer-auto', 'consumer-batch']
const SCOPE = '@orders'

/** Copies the services with these changes made to them; the copy goes when its test has finished. */
export function copyServices(patches: Patch[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'orders-copy-'))
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
  for (const workspace of WORKSPACES) {
    cpSync(join(ROOT, workspace), join(copy, workspace), {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    })
  }
  linkPackages(copy)
  // In the way of the client library's answers: see `faulty-sockets.ts`.
  cpSync(join(ROOT, 'test/faulty-sockets.ts'), join(copy, 'platform/src/kafka/faulty-sockets.ts'))
  for (const patch of patches) applyPatch(copy, patch)
  return copy
}

/** Everything is the repository's own, but the services find each other's copies. */
function linkPackages(copy: string): void {
  const from = join(ROOT, 'node_modules')
  const to = join(copy, 'node_modules')
  mkdirSync(join(to, SCOPE), { recursive: true })
  for (const entry of readdirSync(from)) {
    if (entry !== SCOPE) symlinkSync(join(from, entry), join(to, entry))
  }
  for (const workspace of WORKSPACES) symlinkSync(join(copy, workspace), join(to, SCOPE, workspace))
}

function applyPatch(copy: string, { file, find, replace }: Patch): void {
  const path = join(copy, file)
  const parts = readFileSync(path, 'utf8').split(find)
  if (parts.length !== 2) {
    throw new Error(`${file} holds this ${parts.length - 1} times instead of once: ${find}`)
  }
  writeFileSync(path, parts.join(replace))
}

/** A service process from a copy; ended, whatever happens, when its test has finished. */
export class CopiedService {
  readonly lines: string[] = []
  readonly exited: Promise<void>
  readonly #child: ChildProcess

  constructor(copy: string, name: ServiceName, args: string[], env: Record<string, string>) {
    this.#child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx/esm'), join(copy, name, 'src/main.ts'), ...args],
      { cwd: copy, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('close', () => resolve())
    })
    onTestFinished(() => this.end('SIGKILL'))
  }

  /** It runs no more, for whatever reason. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal)
    await this.exited
  }
}
