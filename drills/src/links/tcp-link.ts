import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Flow, type Tap, type Weather } from './flow.ts'

/** What happens to a link: connections end and none is let in, or nothing gets through. */
export type Cut = 'refuse' | 'hold'

/** Sees the bytes of one connection in both directions. */
export interface Taps {
  toServer: Tap
  toClient: Tap
  /** Called once when the connection is over. */
  ended?: () => void
}

interface Pair {
  sockets: [Socket, Socket]
  flows: Flow[]
  ended: () => void
}

const HOST = '127.0.0.1'
const passAll: Tap = (bytes) => ({ pass: bytes, isBroken: false })

/** A TCP proxy on loopback that can be cut, slowed down and looked into. */
export class TcpLink {
  readonly #server: Server
  readonly #targetPort: number
  readonly #makeTaps: () => Taps
  readonly #pairs = new Set<Pair>()
  readonly #weather: Weather = { delayMs: 0, isHeld: false }
  #isRefusing = false

  constructor(
    targetPort: number,
    makeTaps: () => Taps = () => ({ toServer: passAll, toClient: passAll }),
  ) {
    this.#targetPort = targetPort
    this.#makeTaps = makeTaps
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
  }

  /** Listens; port 0 takes a free one. Resolves to the port. */
  async listen(port: number): Promise<number> {
    this.#server.listen({ port, host: HOST })
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Cuts the link; the number of connections that were hit. */
  cut(how: Cut): number {
    const hit = this.#pairs.size
    if (how === 'hold') this.#weather.isHeld = true
    else {
      this.#isRefusing = true
      this.breakAll()
    }
    return hit
  }

  /** Everything gets through again; what was held comes late, nothing of it is lost. */
  restore(): void {
    this.#isRefusing = false
    this.#weather.isHeld = false
    this.#weather.delayMs = 0
    for (const { flows } of this.#pairs) for (const flow of flows) flow.release()
  }

  /** Slows down both directions; the order of bytes stays. */
  delay(ms: number): void {
    this.#weather.delayMs = ms
  }

  /** Ends every connection; new ones are let in. */
  breakAll(): void {
    for (const pair of this.#pairs) this.#drop(pair)
  }

  /** Ends for good. */
  async close(): Promise<void> {
    this.breakAll()
    this.#server.close()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      client.on('error', () => undefined)
      client.resetAndDestroy()
      return
    }
    const server = connect({ port: this.#targetPort, host: HOST, allowHalfOpen: true })
    const taps = this.#makeTaps()
    const ended = taps.ended ?? (() => undefined)
    const pair: Pair = { sockets: [client, server], flows: [], ended }
    const drop = (): void => this.#drop(pair)
    pair.flows.push(
      new Flow(client, server, this.#weather, taps.toServer, drop),
      new Flow(server, client, this.#weather, taps.toClient, drop),
    )
    for (const socket of pair.sockets) {
      socket.setNoDelay(true)
      socket.on('error', drop).once('close', () => this.#forget(pair))
    }
    this.#pairs.add(pair)
  }

  /** The other side still gets what was on its way, so only what both have ended is over. */
  #forget(pair: Pair): void {
    if (pair.sockets.every(({ destroyed }) => destroyed)) this.#end(pair)
  }

  #drop(pair: Pair): void {
    for (const flow of pair.flows) flow.end()
    for (const socket of pair.sockets) socket.resetAndDestroy()
    this.#end(pair)
  }

  #end(pair: Pair): void {
    if (this.#pairs.delete(pair)) pair.ended()
  }
}
