import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The process that listens on a port. */
export interface PortOwner {
  pid: number
  name: string
}

/** Finds who listens on a port, or null when that cannot be seen, as with another user's process. */
export function findPortOwner(port: number): PortOwner | null {
  try {
    return process.platform === 'linux' ? findOnLinux(port) : askLsof(port)
  } catch {
    return null
  }
}

/** Picks the sockets that listen on a port out of the text of /proc/net/tcp or tcp6. */
export function parseListeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    const listens = state === '0A' && local?.endsWith(`:${wanted}`)
    return listens && inode !== undefined ? [inode] : []
  })
}

/** Picks the first process out of what `lsof -Fpc` writes. */
export function parseLsof(text: string): PortOwner | null {
  const pid = /^p(\d+)$/m.exec(text)?.[1]
  const name = /^c(.+)$/m.exec(text)?.[1]
  return pid === undefined ? null : { pid: Number(pid), name: name ?? 'unknown' }
}

function findOnLinux(port: number): PortOwner | null {
  const inodes = ['tcp', 'tcp6'].flatMap((name) => parseListeningInodes(readTable(name), port))
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return null
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsSocket(name, sockets))
  if (pid === undefined) return null
  return { pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, 'utf8')
  } catch {
    return '' // A kernel without IPv6 has no tcp6.
  }
}

function holdsSocket(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((fd) => sockets.has(readLink(`${folder}/${fd}`)))
  } catch {
    return false // Another user's process, or one that has just ended.
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

function askLsof(port: number): PortOwner | null {
  return parseLsof(
    execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
}
