import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LedgerError } from './ledger-error.ts'
import { takeLedgerLock } from './ledger-lock.ts'

let folder = ''
let ledgerFile = ''
let children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-'))
  ledgerFile = path.join(folder, 'ledger.jsonl')
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  await rm(folder, { recursive: true })
})

/** Runs a script that prints one line when it is ready and then stays. */
async function startScript(script: string): Promise<ChildProcess> {
  const args = [
    '--import',
    'tsx/esm',
    '--input-type=module',
    '-e',
    `${script}; setInterval(() => 0, 1e6)`,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

function startHolder(): Promise<ChildProcess> {
  const module = JSON.stringify(new URL('ledger-lock.ts', import.meta.url).href)
  const file = JSON.stringify(ledgerFile)
  return startScript(
    `const { takeLedgerLock } = await import(${module}); await takeLedgerLock(${file}); console.log('held')`,
  )
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Leaves sockets behind at which nobody listens any more. */
async function leaveStale(...names: string[]): Promise<void> {
  const lockFolder = `${ledgerFile}.lock`
  await mkdir(lockFolder, { recursive: true })
  const paths = JSON.stringify(names.map((name) => path.join(lockFolder, name)))
  await kill(
    await startScript(`
      import { createServer } from 'node:net'
      import { once } from 'node:events'
      for (const path of ${paths}) await once(createServer().listen(path), 'listening')
      console.log('listening')`),
  )
}

function messageOf(result: PromiseSettledResult<unknown>): string {
  if (result.status === 'fulfilled') return 'held'
  expect(result.reason).toBeInstanceOf(LedgerError)
  return (result.reason as LedgerError).message
}

describe('takeLedgerLock', () => {
  it('refuses a second holder in one line that names the first', async () => {
    const lock = await takeLedgerLock(ledgerFile)
    const [second] = await Promise.allSettled([takeLedgerLock(ledgerFile)])
    expect(messageOf(second)).toMatch(
      new RegExp(`^the ledger \\S+ is in use by process ${process.pid} on \\S+: stop it or .*$`),
    )
    await lock.release()
  })

  it('leaves nothing behind: not when it is released, not when it was refused', async () => {
    const lock = await takeLedgerLock(ledgerFile)
    await Promise.allSettled([takeLedgerLock(ledgerFile)])
    expect(await readdir(folder)).toEqual(['ledger.jsonl.lock'])
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await (await takeLedgerLock(ledgerFile)).release()
  })

  it('gives the lock at once after the holder was killed', async () => {
    const child = await startHolder()
    const [whileHeld] = await Promise.allSettled([takeLedgerLock(ledgerFile)])
    expect(messageOf(whileHeld)).toContain(`is in use by process ${child.pid}`)
    await kill(child)
    const start = performance.now()
    const lock = await takeLedgerLock(ledgerFile)
    expect(performance.now() - start).toBeLessThan(500)
    await lock.release()
  })

  it('says that it is in use also when the holder is frozen and cannot answer', async () => {
    const child = await startHolder()
    child.kill('SIGSTOP')
    const [second] = await Promise.allSettled([takeLedgerLock(ledgerFile)])
    expect(messageOf(second)).toContain('is in use by a process that does not answer')
  })

  it('never has two holders, however many starts find the same stale lock', async () => {
    for (let round = 0; round < 20; round += 1) {
      if (round % 5 === 0) await leaveStale(`stale-${round}`, `older-${round}`)
      const starts = Array.from({ length: 8 }, () => takeLedgerLock(ledgerFile))
      const results = await Promise.allSettled(starts)
      expect(results.map(messageOf).filter((message) => message === 'held')).toHaveLength(1)
      expect(await readdir(`${ledgerFile}.lock`)).toHaveLength(1)
      for (const result of results) if (result.status === 'fulfilled') await result.value.release()
    }
  })

  it('says in one line that a path is too long for a socket', async () => {
    const deep = path.join(folder, 'x'.repeat(80), 'ledger.jsonl')
    const [result] = await Promise.allSettled([takeLedgerLock(deep)])
    expect(messageOf(result)).toContain('is too long: set a shorter one')
  })
})
