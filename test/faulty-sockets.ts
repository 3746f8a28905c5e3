import { connect, type Socket } from 'node:net'
import type { KafkaOptions } from '@orders/platform/kafka/client'

/**
 * What becomes of a broker's answer to a produce request. The broker has done its work by then.
 * `lose`: the connection breaks as it arrives. `swallow`: it never arrives, the connection stays.
 * `shorten`: it arrives without the partition that was asked for.
 */
export type Fate = 'pass' | 'lose' | 'swallow' | 'shorten'

const PRODUCE = 0
const SIZE_BYTES = 4

/** How the client library opens its connections. */
export type SocketFactory = NonNullable<KafkaOptions['socketFactory']>

/** Makes connections on which each answer to a produce request meets the fate that is decided. */
export function faultySockets(decide: () => Fate): SocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect)
    const asked = collectProduced(socket)
    filterAnswers(socket, (answer) => (asked.delete(answer.readInt32BE(4)) ? decide() : 'pass'))
    return socket
  }
}

/** Collects the numbers of the produce requests that wait for an answer. */
function collectProduced(socket: Socket): Set<number> {
  const asked = new Set<number>()
  watchRequests(socket, ({ apiKey, correlationId }) => {
    if (apiKey === PRODUCE) asked.add(correlationId)
  })
  return asked
}

/** What a request to a broker is, and the number under which it is answered. */
interface RequestHeader {
  apiKey: number
  correlationId: number
}

/** Shows each request before it is written; whoever destroys the connection then has kept it back. */
export function watchRequests(socket: Socket, onRequest: (header: RequestHeader) => void): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (request: Uint8Array | string, ...rest: unknown[]): boolean => {
    const bytes = typeof request === 'string' ? Buffer.from(request, 'binary') : request
    const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    onRequest({ apiKey: header.readInt16BE(4), correlationId: header.readInt32BE(8) })
    return write(request, ...rest)
  }
}

function filterAnswers(socket: Socket, fateOf: (answer: Buffer) => Fate): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean
  let rest: Buffer = Buffer.alloc(0)
  const take = (): Buffer | null => {
    if (socket.destroyed || rest.length < SIZE_BYTES) return null
    const end = SIZE_BYTES + rest.readInt32BE(0)
    if (rest.length < end) return null
    const answer = rest.subarray(0, end)
    rest = rest.subarray(end)
    return answer
  }
  const pass = (answer: Buffer): void => {
    const fate = fateOf(answer)
    if (fate === 'lose') socket.destroy(new Error('the answer was lost'))
    else if (fate === 'shorten') emit('data', shorten(answer))
    else if (fate === 'pass') emit('data', answer)
  }
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args)
    rest = Buffer.concat([rest, args[0] as Buffer])
    for (let answer = take(); answer !== null; answer = take()) pass(answer)
    return true
  }
}

/** The same answer with an empty list of topics and no throttling. */
function shorten(answer: Buffer): Buffer {
  const short = Buffer.alloc(16)
  short.writeInt32BE(12, 0)
  answer.copy(short, 4, 4, 8)
  return short
}
