import type { ProxiedPorts } from '@orders/cluster/settings'
import type { Tap } from './flow.ts'
import { FrameReader, readCorrelationId, readHead, readProduce } from './frames.ts'
import { TcpLink, type Cut, type Taps } from './tcp-link.ts'

/** Which brokers: one by its id, or each of them. */
export type WhichBrokers = number | 'all'

/** An answer to a produce request that the broker gave and nobody received. */
export interface LostAnswer {
  at: number
  broker: number
  topic: string
  partition: number
  records: number
  /** Produce requests on all connections that waited for an answer then, this one included. */
  inFlight: number
}

/** The brokers by a link each. */
export class KafkaLink {
  readonly #links: TcpLink[]
  readonly #lost: LostAnswer[] = []
  #toLose = 0
  #topic: string | null = null
  #inFlight = 0

  private constructor({ ports }: ProxiedPorts) {
    this.#links = ports.map((port, index) => new TcpLink(port, () => this.#tap(index + 1)))
  }

  /** Opens a link to each broker. */
  static async open(proxied: ProxiedPorts): Promise<KafkaLink> {
    const link = new KafkaLink(proxied)
    for (const [index, port] of proxied.advertisedPorts.entries()) {
      await link.#links[index]?.listen(port)
    }
    return link
  }

  /** Cuts brokers off from the services; the number of connections that were hit. */
  cut(which: WhichBrokers, how: Cut = 'refuse'): number {
    return this.#pick(which).reduce((hit, link) => hit + link.cut(how), 0)
  }

  /** Ends cut and delay. */
  restore(which: WhichBrokers = 'all'): void {
    for (const link of this.#pick(which)) link.restore()
  }

  /** Makes links slow in both directions; the number of connections that are slow now. */
  delay(which: WhichBrokers, ms: number): number {
    const links = this.#pick(which)
    for (const link of links) link.delay(ms)
    return links.reduce((sum, link) => sum + link.connections, 0)
  }

  /**
   * The next so many answers to produce requests for this topic are lost: the broker has done its
   * work, and the connection ends as its answer arrives here. 0 ends it.
   */
  loseProduceAnswers(count: number, topic: string | null = null): void {
    this.#toLose = count
    this.#topic = topic
  }

  /** Every answer that was lost so far. */
  get lost(): readonly LostAnswer[] {
    return this.#lost
  }

  /** Produce requests that wait for their answer at this moment. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Ends all links for good. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()))
  }

  #pick(which: WhichBrokers): TcpLink[] {
    return this.#links.filter((_, index) => which === 'all' || which === index + 1)
  }

  #tap(broker: number): Taps {
    const requests = new FrameReader()
    const answers = new FrameReader()
    const asked = new Map<number, Omit<LostAnswer, 'at' | 'inFlight'>>()
    const toServer: Tap = (bytes) => {
      for (const frame of requests.push(bytes)) {
        const batches = readProduce(frame)
        if (batches === null) continue
        const { topic = '', partition = -1 } = batches[0] ?? {}
        const records = batches.reduce((sum, batch) => sum + batch.records, 0)
        asked.set(readHead(frame).correlationId, { broker, topic, partition, records })
        this.#inFlight += 1
      }
      return { pass: bytes, isBroken: false }
    }
    const toClient: Tap = (bytes) => {
      const passed: Buffer[] = []
      for (const frame of answers.push(bytes)) {
        const request = asked.get(readCorrelationId(frame))
        if (request && this.#isLost(request.topic)) {
          this.#lost.push({ ...request, at: Date.now(), inFlight: this.#inFlight })
          return { pass: Buffer.concat(passed), isBroken: true }
        }
        if (request && asked.delete(readCorrelationId(frame))) this.#inFlight -= 1
        passed.push(frame)
      }
      return { pass: Buffer.concat(passed), isBroken: false }
    }
    const ended = (): void => {
      this.#inFlight -= asked.size
      asked.clear()
    }
    return { toServer, toClient, ended }
  }

  #isLost(topic: string): boolean {
    if (this.#toLose === 0 || (this.#topic !== null && this.#topic !== topic)) return false
    this.#toLose -= 1
    return true
  }
}
