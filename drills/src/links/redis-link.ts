import type { Tap } from './flow.ts'
import { TcpLink, type Cut, type Taps } from './tcp-link.ts'

/** The client library sends a script by its digest; all that must not happen twice is a script. */
const SCRIPT = /evalsha/i

/** Redis by a link. */
export class RedisLink {
  readonly #link: TcpLink
  #toLose = 0
  #lost = 0

  private constructor(port: number) {
    this.#link = new TcpLink(port, () => this.#tap())
  }

  /** Opens the link to a port; resolves to it and where it listens. */
  static async open(port: number): Promise<{ link: RedisLink; port: number }> {
    const link = new RedisLink(port)
    return { link, port: await link.#link.listen(0) }
  }

  /** Cuts Redis off from the services; the number of connections that were hit. */
  cut(how: Cut = 'refuse'): number {
    return this.#link.cut(how)
  }

  /** Ends cut and delay. */
  restore(): void {
    this.#link.restore()
  }

  /** Makes the link slow in both directions; the number of connections that are slow now. */
  delay(ms: number): number {
    this.#link.delay(ms)
    return this.#link.connections
  }

  /** The next so many writes take effect, and the connection ends as the answer arrives here. */
  loseNextAnswers(count: number): void {
    this.#toLose = count
  }

  /** How many answers were lost so far. */
  get lost(): number {
    return this.#lost
  }

  /** Ends the link for good. */
  close(): Promise<void> {
    return this.#link.close()
  }

  #tap(): Taps {
    let isWriting = false
    const toServer: Tap = (bytes) => {
      if (SCRIPT.test(bytes.toString('latin1'))) isWriting = true
      return { pass: bytes, isBroken: false }
    }
    const toClient: Tap = (bytes) => {
      const isLost = isWriting && this.#toLose > 0
      isWriting = false
      if (!isLost) return { pass: bytes, isBroken: false }
      this.#toLose -= 1
      this.#lost += 1
      return { pass: Buffer.alloc(0), isBroken: true }
    }
    return { toServer, toClient }
  }
}
