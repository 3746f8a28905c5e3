import type { Socket } from 'node:net'

/** What a tap lets through of some bytes; `null` ends the connection after it. */
export type Tap = (bytes: Buffer) => { pass: Buffer; isBroken: boolean }

/** How a connection is treated at this moment. */
export interface Weather {
  delayMs: number
  /** Nothing gets through; it waits, as behind a network that retransmits. */
  isHeld: boolean
}

interface Waiting {
  dueAt: number
  /** Null is the end of the stream. */
  bytes: Buffer | null
}

/** Beyond this the sender is not read from until something has left. */
const WAITING_MAX = 1_000

/** One direction of a connection: what comes in goes out later, in the same order. */
export class Flow {
  readonly #from: Socket
  readonly #to: Socket
  readonly #weather: Weather
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(from: Socket, to: Socket, weather: Weather, tap: Tap, onBroken: () => void) {
    this.#from = from
    this.#to = to
    this.#weather = weather
    from.on('data', (bytes: Buffer) => {
      const { pass, isBroken } = tap(bytes)
      // What came before it may get through; nothing that comes after it does.
      if (pass.length > 0) this.#take(pass)
      if (isBroken) onBroken()
    })
    from.once('end', () => this.#take(null))
    to.on('drain', () => from.resume())
  }

  /** Lets out what may go; called again whenever the weather has changed. */
  release(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#weather.isHeld) return
    const now = Date.now()
    for (let next = this.#waiting[0]; next && next.dueAt <= now; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#write(next.bytes)
    }
    const [next] = this.#waiting
    if (next) this.#timer = setTimeout(() => this.release(), next.dueAt - now)
    else this.#from.resume()
  }

  /** Forgets what waits. */
  end(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #take(bytes: Buffer | null): void {
    // A link that has just become faster must not let later bytes overtake earlier ones.
    const before = this.#waiting.at(-1)?.dueAt ?? 0
    const dueAt = Math.max(Date.now() + this.#weather.delayMs, before)
    this.#waiting.push({ dueAt, bytes })
    if (this.#waiting.length > WAITING_MAX) this.#from.pause()
    if (this.#waiting.length === 1) this.release()
  }

  #write(bytes: Buffer | null): void {
    if (this.#to.destroyed) return
    if (bytes === null) this.#to.end()
    else if (!this.#to.write(bytes)) this.#from.pause()
  }
}
