import { connect, createServer } from 'node:net'
import { ClusterError } from './cluster-error.ts'
import type { Part, PartPort } from './parts.ts'
import { findPortOwner } from './port-owner.ts'

const CONNECT_LIMIT_MS = 1_000

/** Refuses to go on when a port of these parts is taken: says by whom, and which setting moves it. */
export async function refuseTakenPorts(parts: Part[]): Promise<void> {
  const wanted = parts.flatMap((part) => part.ports.map((port) => ({ part, port })))
  const problems = await Promise.all(wanted.map(({ part, port }) => describeProblem(part, port)))
  const [first, ...others] = problems.filter((problem) => problem !== null)
  if (first === undefined) return
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  throw new ClusterError(`${first}${more}`)
}

/** Tells whether something answers on a port of this machine. */
export async function isListening(port: number): Promise<boolean> {
  // Clients are told `localhost`, which may be either of these.
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => connects(host, port)))
  return answers.includes(true)
}

async function describeProblem(part: Part, { port, setting }: PartPort): Promise<string | null> {
  const code = (await isListening(port)) ? 'EADDRINUSE' : await tryToBind(port)
  if (code === null) return null
  const move = `or give ${part.name} another with ${setting}`
  if (code !== 'EADDRINUSE') return `port ${port} of ${part.name} cannot be used (${code}): ${move}`
  const owner = findPortOwner(port)
  const who = owner
    ? `${owner.name}, process ${owner.pid}`
    : 'a process that cannot be seen from here'
  return `port ${port} of ${part.name} is in use by ${who}: stop that, ${move}`
}

function tryToBind(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(null))
    })
  })
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(CONNECT_LIMIT_MS, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
