const SIZE_BYTES = 4
const TOO_LARGE = 200 * 1024 * 1024

/** Cuts a stream of the Kafka protocol into its frames, each with the size that leads it. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** Takes bytes as they come; gives the frames that are complete by now. */
  push(bytes: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: Buffer[] = []
    for (let end = this.#endOfNext(); end !== null; end = this.#endOfNext()) {
      frames.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }

  #endOfNext(): number | null {
    if (this.#rest.length < SIZE_BYTES) return null
    const size = this.#rest.readInt32BE(0)
    if (size < 0 || size > TOO_LARGE) throw new RangeError(`a frame of ${size} bytes`)
    return this.#rest.length < SIZE_BYTES + size ? null : SIZE_BYTES + size
  }
}

/** What a produce request carries for one partition. */
export interface ProducedBatch {
  topic: string
  partition: number
  records: number
}

/** A request as its header tells it. */
export interface RequestHead {
  apiKey: number
  version: number
  correlationId: number
}

const PRODUCE = 0
/** From here on the protocol is written in another way; the project's client does not speak it. */
const FLEXIBLE_SINCE = 9
const RECORD_COUNT_AT = 57

/** Reads the head of a request. */
export function readHead(frame: Buffer): RequestHead {
  return {
    apiKey: frame.readInt16BE(4),
    version: frame.readInt16BE(6),
    correlationId: frame.readInt32BE(8),
  }
}

/** Tells which answer a frame from a broker is. */
export function readCorrelationId(frame: Buffer): number {
  return frame.readInt32BE(4)
}

/** Says what a produce request carries; null when it is another request. */
export function readProduce(frame: Buffer): ProducedBatch[] | null {
  const { apiKey, version } = readHead(frame)
  if (apiKey !== PRODUCE) return null
  if (version >= FLEXIBLE_SINCE) return []
  let at = 12
  const text = (): string => {
    const length = Math.max(frame.readInt16BE(at), 0)
    at += 2 + length
    return frame.toString('utf8', at - length, at)
  }
  const number = (): number => {
    at += 4
    return frame.readInt32BE(at - 4)
  }
  text() // The name of the client.
  if (version >= 3) text() // The transaction.
  at += 6 // What must be in sync, and the time for it.
  const batches: ProducedBatch[] = []
  for (let topics = number(); topics > 0; topics -= 1) {
    const topic = text()
    for (let partitions = number(); partitions > 0; partitions -= 1) {
      const partition = number()
      const size = Math.max(number(), 0)
      const records = size > RECORD_COUNT_AT ? frame.readInt32BE(at + RECORD_COUNT_AT) : 0
      batches.push({ topic, partition, records })
      at += size
    }
  }
  return batches
}
