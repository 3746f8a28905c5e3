import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { LedgerError } from './ledger-error.ts'
import { askHolder, isAddressable, listen, type LockHolder } from './ledger-lock-socket.ts'

/** Held until it is released or the process ends, however it ends. */
export interface LedgerLock {
  release(): Promise<void>
}

/** So often a start looks again where another one was quicker, before it gives up. */
const ATTEMPTS_MAX = 20

/**
 * Takes the lock of a ledger: the folder `<ledger>.lock` with one listening socket in it.
 *
 * A process that dies, even by `kill -9`, stops listening at that moment, also in the eyes of
 * other containers on the same volume, so a stale lock is known at once and without timeouts.
 * Two starts that both see a stale lock: each removes that socket by its random name, which never
 * comes again, so it cannot hit the socket of a quicker one. Then each tries to move a folder of
 * its own, in which its socket listens already, to the place of the lock. The kernel lets a folder
 * replace an empty one only, so exactly one of them succeeds.
 *
 * @throws {LedgerError} where somebody else holds it.
 */
export async function takeLedgerLock(ledgerFile: string): Promise<LedgerLock> {
  const lockFolder = `${ledgerFile}.lock`
  const name = randomBytes(4).toString('hex')
  const ownFolder = `${lockFolder}.${name}`
  if (!isAddressable(path.join(ownFolder, name))) {
    throw new LedgerError(`the path of the ledger ${ledgerFile} is too long: set a shorter one`)
  }
  await mkdir(ownFolder)
  const holder = { pid: process.pid, host: hostname() }
  let server
  try {
    server = await listen(path.join(ownFolder, name), holder)
    await moveIn({ ledgerFile, lockFolder, ownFolder })
  } catch (error) {
    server?.close()
    await rm(ownFolder, { recursive: true, force: true })
    throw error
  }
  return { release: () => releaseLock(lockFolder, name, () => server.close()) }
}

interface LockPaths {
  ledgerFile: string
  lockFolder: string
  ownFolder: string
}

async function moveIn({ ledgerFile, lockFolder, ownFolder }: LockPaths): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const holder = await removeStale(lockFolder)
    if (holder !== null) throw new LedgerError(heldMessage(ledgerFile, holder))
    if (await replacesEmpty(ownFolder, lockFolder)) return
  }
  throw new LedgerError(`the ledger ${ledgerFile} is wanted by many at once: try again`)
}

/** Removes the sockets at which nobody listens any more, or gives the one who does. */
async function removeStale(lockFolder: string): Promise<LockHolder | null> {
  for (const name of await namesIn(lockFolder)) {
    const holder = await askHolder(path.join(lockFolder, name))
    if (holder !== null) return holder
    await unlink(path.join(lockFolder, name)).catch(ignore('ENOENT'))
  }
  return null
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

async function replacesEmpty(ownFolder: string, lockFolder: string): Promise<boolean> {
  try {
    await rename(ownFolder, lockFolder)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

async function releaseLock(folder: string, name: string, close: () => void): Promise<void> {
  // The name goes before the socket is closed: whoever still finds it finds a living one.
  await unlink(path.join(folder, name)).catch(ignore('ENOENT'))
  close()
  await rmdir(folder).catch(ignore('ENOENT', 'ENOTEMPTY', 'EEXIST'))
}

function ignore(...codes: string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(String(error.code))) throw error
  }
}

function heldMessage(ledgerFile: string, { pid, host }: LockHolder): string {
  const who = pid === null ? 'a process that does not answer' : `process ${pid} on ${host}`
  return `the ledger ${ledgerFile} is in use by ${who}: stop it or set another path`
}
