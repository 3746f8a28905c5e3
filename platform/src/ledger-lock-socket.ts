import { connect, createServer, type Server } from 'node:net'
import path from 'node:path'

/** Who holds a lock; without a pid where it listens but does not answer in time. */
export interface LockHolder {
  pid: number | null
  host: string | null
}

/** How long a holder may take to say who it is; that it lives is known before. */
const ANSWER_TIMEOUT_MS = 1000
const ANSWER_CHARS_MAX = 1000
const ASK_ATTEMPTS_MAX = 3
const UNNAMED: LockHolder = { pid: null, host: null }
/** What fits into a `sockaddr_un` on every system (104 bytes with the final zero on macOS). */
const ADDRESS_BYTES_MAX = 103

/** Whether a socket can have this path: the limit is about 100 bytes, from here or absolute. */
export function isAddressable(socketPath: string): boolean {
  return Buffer.byteLength(addressOf(socketPath)) <= ADDRESS_BYTES_MAX
}

/** Listens at a path and tells everybody who connects who it is. Keeps no process alive. */
export function listen(socketPath: string, holder: LockHolder): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined) // Whoever asked is gone again.
    socket.end(JSON.stringify(holder))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(addressOf(socketPath), () => {
      server.unref()
      resolve(server)
    })
  })
}

/**
 * Asks who listens at a path: null where nobody does, so that the path is left from a process
 * that has ended. Any other failure is thrown, because then nobody knows.
 */
export async function askHolder(socketPath: string): Promise<LockHolder | null> {
  for (let attempt = 0; attempt < ASK_ATTEMPTS_MAX; attempt += 1) {
    const answer = await ask(socketPath)
    if (answer === 'nobody') return null
    // Broken off: the holder ended while we asked, so the next try finds nobody.
    if (answer !== 'broken off') return answer
  }
  return UNNAMED
}

function ask(socketPath: string): Promise<LockHolder | 'nobody' | 'broken off'> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(addressOf(socketPath))
    const timer = setTimeout(() => {
      resolve(UNNAMED)
      socket.destroy()
    }, ANSWER_TIMEOUT_MS)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer = (answer + text).slice(0, ANSWER_CHARS_MAX)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve('nobody')
      else if (error.code === 'EAGAIN')
        resolve(UNNAMED) // Its queue of callers is full.
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve('broken off')
      else reject(error)
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer === '' ? 'broken off' : readHolder(answer))
    })
  })
}

function readHolder(answer: string): LockHolder {
  try {
    const { pid, host } = JSON.parse(answer) as Partial<LockHolder>
    return { pid: Number(pid), host: String(host) }
  } catch {
    return UNNAMED
  }
}

// The shorter one counts: a ledger deep in the file system can be near to where we run.
function addressOf(socketPath: string): string {
  const absolute = path.resolve(socketPath)
  const relative = path.relative(process.cwd(), absolute)
  return relative.length < absolute.length ? relative : absolute
}
