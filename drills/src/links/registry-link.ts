import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the registry is like; `slow-<ms>` answers truly, but late. */
export type RegistryMood =
  'pass' | 'down' | 'hang' | '500' | '503-html' | '401' | '404-without-code' | `slow-${number}`

interface Canned {
  status: number
  type: string
  body: string
}

const CANNED: Partial<Record<RegistryMood, Canned>> = {
  '500': { status: 500, type: 'application/json', body: '{"error_code":50001,"message":"store"}' },
  '503-html': { status: 503, type: 'text/html', body: '<html><h1>503 no server</h1></html>' },
  '401': { status: 401, type: 'application/json', body: '{"error_code":401,"message":"who?"}' },
  '404-without-code': { status: 404, type: 'application/json', body: '{"message":"no route"}' },
}
const FORWARD_LIMIT_MS = 30_000

/** The registry by a link that knows HTTP. */
export class RegistryLink {
  readonly #server: Server
  readonly #target: string
  readonly #sockets = new Set<Socket>()
  #mood: RegistryMood = 'pass'
  #hit = 0

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.on('connection', (socket) => {
      if (this.#mood === 'down') {
        this.#hit += 1
        socket.resetAndDestroy()
        return
      }
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Opens the link to `http://host:port`; resolves to it and where it listens. */
  static async open(target: string): Promise<{ link: RegistryLink; port: number }> {
    const link = new RegistryLink(target)
    link.#server.listen({ port: 0, host: '127.0.0.1' })
    await once(link.#server, 'listening')
    return { link, port: (link.#server.address() as AddressInfo).port }
  }

  /** Changes what the registry is like; connections that are open end when it goes down. */
  become(mood: RegistryMood): void {
    this.#mood = mood
    this.#hit = 0
    // Whoever hangs would hang on after it is back.
    for (const socket of this.#sockets) socket.destroy()
  }

  /** How many requests have met this mood. */
  get hit(): number {
    return this.#hit
  }

  /** Ends the link for good. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#hit += 1
    const mood = this.#mood
    if (mood === 'hang') return
    const canned = CANNED[mood]
    if (canned) {
      response.writeHead(canned.status, { 'content-type': canned.type }).end(canned.body)
      return
    }
    if (mood.startsWith('slow-')) await sleep(Number(mood.slice('slow-'.length)))
    await this.#forward(request, response).catch(() => response.destroy())
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = 'GET', url = '/', headers } = request
    const answer = await fetch(`${this.#target}${url}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
      signal: AbortSignal.timeout(FORWARD_LIMIT_MS),
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    const type = answer.headers.get('content-type') ?? 'application/json'
    const body = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, { 'content-type': type }).end(body)
  }
}
