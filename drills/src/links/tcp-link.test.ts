import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { TcpLink } from './tcp-link.ts'

const endings: (() => Promise<unknown> | void)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** A server that says everything back, behind a link. */
async function openEcho(): Promise<{ link: TcpLink; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(() => void server.close())
  const link = new TcpLink((server.address() as AddressInfo).port)
  const port = await link.listen(0)
  endings.push(() => link.close())
  return { link, port }
}

/** `once` would fail with the reset that comes first. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => void socket.once('close', resolve))
}

async function dial(port: number): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  endings.push(() => void socket.destroy())
  let text = ''
  socket.on('data', (bytes) => (text += String(bytes)))
  await once(socket, 'connect')
  return { socket, heard: () => text }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < 300; tries += 1) await sleep(10)
  expect(isSo()).toBe(true)
}

test('bytes get through, many of them, and the end of the stream', async () => {
  const { port } = await openEcho()
  const { socket, heard } = await dial(port)
  const much = 'x'.repeat(5_000_000)
  socket.end(much)
  await once(socket, 'close')
  expect(heard().length).toBe(much.length)
})

test('a slow link is slow and keeps the order', async () => {
  const { link, port } = await openEcho()
  const { socket, heard } = await dial(port)
  link.delay(100)
  const startedAt = Date.now()
  socket.write('a')
  await sleep(20)
  socket.write('b')
  await sleep(5)
  link.delay(0)
  socket.write('c')
  await until(() => heard().length === 3)
  expect(heard()).toBe('abc')
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(100)
})

test('a cut ends connections and lets none in until it is restored', async () => {
  const { link, port } = await openEcho()
  const { socket } = await dial(port)
  await until(() => link.connections === 1)
  expect(link.cut('refuse')).toBe(1)
  await closed(socket)
  const during = connect(port, '127.0.0.1')
  during.on('error', () => undefined)
  await closed(during)
  link.restore()
  const after = await dial(port)
  after.socket.write('back')
  await until(() => after.heard() === 'back')
})

test('what a held link has taken arrives when it is restored', async () => {
  const { link, port } = await openEcho()
  const { socket, heard } = await dial(port)
  link.cut('hold')
  socket.write('late')
  await sleep(100)
  expect(heard()).toBe('')
  link.restore()
  await until(() => heard() === 'late')
})
