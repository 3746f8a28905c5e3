import { connect } from 'node:net'

const METADATA = 3
const METADATA_VERSION = 1
const LENGTH_BYTES = 4

/**
 * Asks one broker, and no other, which brokers it takes for alive. A Kafka client cannot be used for
 * this: it goes on to any broker that the first one names, and fails for a dead one.
 */
export function askBrokerIds(port: number, limitMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let received = Buffer.alloc(0)
    const fail = (why: string) => {
      socket.destroy()
      reject(new Error(why))
    }
    socket.setTimeout(limitMs, () => fail('does not answer'))
    socket.once('connect', () => void socket.write(metadataRequest()))
    socket.once('error', () => fail('does not listen'))
    socket.once('end', () => fail('hangs up'))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (received.length < LENGTH_BYTES) return
      if (received.length < LENGTH_BYTES + received.readInt32BE(0)) return
      socket.destroy()
      resolve(parseBrokerIds(received))
    })
  })
}

/** Reads the broker ids out of an answer to a Metadata request, version 1. */
export function parseBrokerIds(answer: Buffer): number[] {
  let at = LENGTH_BYTES + 4 // Behind the correlation id.
  const count = answer.readInt32BE(at)
  at += 4
  const ids = Array.from({ length: count }, () => {
    const id = answer.readInt32BE(at)
    at = skipText(answer, skipText(answer, at + 4) + 4) // Host, port, rack.
    return id
  })
  return ids.sort((a, b) => a - b)
}

function skipText(answer: Buffer, at: number): number {
  return at + 2 + Math.max(0, answer.readInt16BE(at)) // A rack may be null, of length -1.
}

function metadataRequest(): Buffer {
  const clientId = Buffer.from('cluster')
  const request = Buffer.alloc(18 + clientId.length)
  request.writeInt32BE(request.length - LENGTH_BYTES, 0)
  request.writeInt16BE(METADATA, 4)
  request.writeInt16BE(METADATA_VERSION, 6)
  request.writeInt32BE(1, 8) // Correlation id.
  request.writeInt16BE(clientId.length, 12)
  clientId.copy(request, 14)
  request.writeInt32BE(0, 14 + clientId.length) // No topics.
  return request
}
