import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { KafkaLink } from './kafka-link.ts'

const endings: (() => Promise<unknown> | void)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** A request of an old version, with one batch of so many records. */
function produce(correlationId: number, topic: string, records: number): Buffer {
  const bytes = Buffer.alloc(12 + 2 + 6 + 4 + 2 + topic.length + 4 + 4 + 4 + 70)
  bytes.writeInt32BE(bytes.length - 4, 0)
  bytes.writeInt32BE(correlationId, 8)
  let at = 20
  bytes.writeInt32BE(1, at)
  bytes.writeInt16BE(topic.length, (at += 4))
  bytes.write(topic, (at += 2))
  bytes.writeInt32BE(1, (at += topic.length))
  bytes.writeInt32BE(4, (at += 4))
  bytes.writeInt32BE(70, (at += 4))
  bytes.writeInt32BE(records, at + 4 + 57)
  return bytes
}

/** Answers every request with its number, and remembers it. */
async function openBroker(): Promise<{ port: number; taken: number[] }> {
  const taken: number[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      const number = bytes.readInt32BE(8)
      taken.push(number)
      const answer = Buffer.alloc(12)
      answer.writeInt32BE(8, 0)
      answer.writeInt32BE(number, 4)
      socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(() => void server.close())
  return { port: (server.address() as AddressInfo).port, taken }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** `once` would fail with the reset that comes first. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => void socket.once('close', resolve))
}

async function dial(port: number): Promise<{ socket: Socket; heard: number[] }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  endings.push(() => void socket.destroy())
  const heard: number[] = []
  socket.on('data', (bytes) => heard.push(bytes.readInt32BE(4)))
  await once(socket, 'connect')
  return { socket, heard }
}

test('an answer is lost after the broker has done its work, and only of the topic', async () => {
  const broker = await openBroker()
  const port = await freePort()
  const link = await KafkaLink.open({ ports: [broker.port], advertisedPorts: [port] })
  endings.push(() => link.close())
  const { socket, heard } = await dial(port)
  link.loseProduceAnswers(1, 'orders')
  socket.write(produce(1, 'others', 5))
  await sleep(50)
  socket.write(produce(2, 'orders', 7))
  await closed(socket)
  expect(heard).toEqual([1])
  expect(broker.taken).toEqual([1, 2])
  const lost = { broker: 1, topic: 'orders', partition: 4, records: 7, inFlight: 1 }
  expect(link.lost).toMatchObject([lost])
  expect(link.inFlight).toBe(0)

  const again = await dial(port)
  again.socket.write(produce(3, 'orders', 7))
  await sleep(100)
  expect(again.heard).toEqual([3])
  expect(link.inFlight).toBe(0)
})
