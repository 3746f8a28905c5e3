import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

const PRODUCE = 0
const METADATA = 3
const API_VERSIONS = 18
const INIT_PRODUCER_ID = 22

/** A stand-in for a broker: it keeps the produce requests that reach it, and answers them. */
export interface StandIn {
  address: string
  /** The produce requests as they came, head and all. */
  produced: Buffer[]
  close: () => void
}

/** Starts a stand-in with one partition, which gives one error code an answer and then none. */
export async function startStandIn(options: {
  topic: string
  produceVersion: number
  errors?: number[]
}): Promise<StandIn> {
  const produced: Buffer[] = []
  const errors = [...(options.errors ?? [])]
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    onRequest(socket, (request) => {
      const body = answerTo(request.readInt16BE(4), () => {
        produced.push(request)
        return produceAnswer(options.topic, errors.shift() ?? 0, options.produceVersion)
      })
      socket.write(pack(int32(body.length + 4), request.subarray(8, 12), body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  function answerTo(apiKey: number, produce: () => Buffer): Buffer {
    if (apiKey === PRODUCE) return produce()
    if (apiKey === METADATA) return metadataAnswer(options.topic, port)
    if (apiKey === INIT_PRODUCER_ID) return pack(int32(0), int16(0), int64(4001n), int16(3))
    return apiVersionsAnswer(options.produceVersion)
  }

  return {
    address: `127.0.0.1:${port}`,
    produced,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function onRequest(socket: Socket, handle: (request: Buffer) => void): void {
  let waiting = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (data: Buffer) => {
    waiting = Buffer.concat([waiting, data])
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
      const size = 4 + waiting.readInt32BE(0)
      handle(waiting.subarray(0, size))
      waiting = waiting.subarray(size)
    }
  })
}

function apiVersionsAnswer(produceVersion: number): Buffer {
  const versions = [
    [PRODUCE, produceVersion],
    [METADATA, 1],
    [API_VERSIONS, 2],
    [INIT_PRODUCER_ID, 0],
  ]
  const list = versions.map(([key = 0, max = 0]) => pack(int16(key), int16(0), int16(max)))
  return pack(int16(0), array(list), int32(0))
}

function metadataAnswer(topic: string, port: number): Buffer {
  const broker = pack(int32(1), string('127.0.0.1'), int32(port), int16(-1))
  const nodes = array([int32(1)])
  const partition = pack(int16(0), int32(0), int32(1), nodes, nodes)
  const topics = array([pack(int16(0), string(topic), Buffer.alloc(1), array([partition]))])
  return pack(array([broker]), int32(1), topics)
}

function produceAnswer(topic: string, error: number, version: number): Buffer {
  const logStart = version >= 5 ? int64(0n) : Buffer.alloc(0)
  const partition = pack(int32(0), int16(error), int64(42n), int64(-1n), logStart)
  return pack(array([pack(string(topic), array([partition]))]), int32(0))
}

const pack = (...parts: Buffer[]): Buffer => Buffer.concat(parts)
const array = (items: Buffer[]): Buffer => pack(int32(items.length), ...items)
const string = (value: string): Buffer => pack(int16(value.length), Buffer.from(value))

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
