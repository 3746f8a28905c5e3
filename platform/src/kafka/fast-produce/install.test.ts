import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Message } from 'kafkajs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { PackedRecords } from '../packed-records.ts'
import { openSession } from '../producer-session.ts'
import { startStandIn } from './broker.samples.ts'
import { fastProduce, installFastProduce, libraryInternals } from './install.ts'
import type { CreateProduce, LibraryRequest } from './library.ts'
import { loadInternals, MODULES } from './library.ts'
import * as produceRequest from './produce-request.ts'
import { requestOf } from './produce.samples.ts'

vi.mock(import('./produce-request.ts'), { spy: true })

const ownRequire = createRequire(import.meta.url)
const PRODUCE = 'kafkajs/src/protocol/requests/produce/'

test('is active for the library that is installed', () => {
  expect(fastProduce).toEqual({ active: true })
  expect(loadInternals(ownRequire).group).not.toBe(libraryInternals().group)
})

test.each([3, 4, 5, 6, 7])('the library takes it for produce version %i', async (version) => {
  const { protocol } = ownRequire(`${PRODUCE}index.js`) as {
    protocol: (of: { version: number }) => (input: unknown) => { request: LibraryRequest }
  }
  const calls = vi.mocked(produceRequest.encodeProduce).mock.calls.length
  const input = requestOf([{ key: 'a', value: 'b', timestamp: 1 }])
  const { request } = protocol({ version })(input)
  const original = libraryInternals().createProduce(input)
  expect((await request.encode()).buffer).toEqual((await original.encode()).buffer)
  expect({ ...request, encode: null }).toMatchObject({
    apiKey: 0,
    apiName: 'Produce',
    apiVersion: version,
  })
  expect(vi.mocked(produceRequest.encodeProduce).mock.calls).toHaveLength(calls + 1)
})

const NOT_LEADER = 6

test.each([3, 7])('what a producer sends is what the library would send (%i)', async (version) => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123)
  onTestFinished(() => now.mockRestore())
  const topic = 'orders'
  const errors = [NOT_LEADER]
  const broker = await startStandIn({ topic, produceVersion: version, errors })
  onTestFinished(() => broker.close())
  const session = await openSession({ clientId: 'producer', brokers: [broker.address] })
  onTestFinished(() => session.close())

  const messages: Message[] = Array.from({ length: 300 }, (_, index) => ({
    key: Buffer.from(`customer-${index % 7}`),
    value: index % 5 === 0 ? null : Buffer.alloc(index, 'o'),
    headers: { 'dlq.reason': 'no order', place: ['a', Buffer.from('b')] },
    partition: 0,
  }))
  const calls = vi.mocked(produceRequest.encodeProduce).mock.results.length
  await session.send(topic, messages)
  await session.send(topic, messages.slice(0, 3))

  const expected = [
    [0, messages],
    [0, messages], // a retry: the same sequence number, so the same bytes
    [300, messages.slice(0, 3)],
  ] as const
  const results = vi.mocked(produceRequest.encodeProduce).mock.results.slice(calls)
  expect(results.map(({ value }) => Buffer.isBuffer(value))).toEqual([true, true, true])
  expect(broker.produced).toHaveLength(expected.length)
  for (const [index, [firstSequence, sent]] of expected.entries()) {
    const request = broker.produced[index] ?? Buffer.alloc(12)
    const topicData = [
      { topic, partitions: [{ partition: 0, firstSequence, messages: [...sent] }] },
    ]
    const input = { acks: -1, timeout: 5_000, producerId: '4001', producerEpoch: 3, topicData }
    const { createProduce, frame } = libraryInternals()
    const { buffer } = await frame({
      correlationId: request.readInt32BE(8),
      clientId: 'producer',
      request: { ...createProduce(input as Parameters<CreateProduce>[0]), apiVersion: version },
    })
    expect(request.equals(buffer)).toBe(true)
  }
})

test('packed records arrive as the same records one by one do', async () => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123)
  onTestFinished(() => now.mockRestore())
  const topic = 'orders'
  const records = Array.from({ length: 300 }, (_, at) => {
    return { key: Buffer.from(`customer-${at % 7}`), value: Buffer.alloc(at, 'o') }
  })
  const packed = new PackedRecords()
  for (const { key, value } of records) packed.add(key, value)
  const messages = records.map((record) => ({ ...record, partition: 0 }))
  for (const compression of ['none', 'gzip'] as const) {
    // An error that can be tried again: the library must count packed records right then, too.
    const options = { topic, produceVersion: 7, errors: [NOT_LEADER] }
    const [one, other] = [await startStandIn(options), await startStandIn(options)]
    for (const [broker, isPacked] of [
      [one, true],
      [other, false],
    ] as const) {
      onTestFinished(() => broker.close())
      const brokers = [broker.address]
      const session = await openSession({ clientId: 'producer', brokers, compression })
      onTestFinished(() => session.close())
      for (let send = 0; send < 2; send += 1) {
        if (isPacked) await session.sendPacked(topic, 0, packed)
        else await session.send(topic, messages)
      }
    }
    expect(one.produced).toHaveLength(3)
    // From the correlation id on, which counts the requests of a connection.
    expect(one.produced.map(bodyOf)).toEqual(other.produced.map(bodyOf))
  }
})

function bodyOf(request: Buffer): string {
  return request.subarray(12).toString('hex')
}

test('what a producer is told to compress is compressed on its way', async () => {
  const topic = 'orders'
  const broker = await startStandIn({ topic, produceVersion: 7, errors: [] })
  onTestFinished(() => broker.close())
  const messages = [{ key: null, value: Buffer.alloc(5_000, 'o'), partition: 0 }]
  for (const compression of ['none', 'gzip'] as const) {
    const options = { clientId: 'producer', brokers: [broker.address], compression }
    const session = await openSession(options)
    await session.send(topic, messages)
    await session.close()
  }
  const [plain, compressed] = broker.produced.map(({ length }) => length)
  expect(plain).toBeGreaterThan(5_000)
  expect(compressed).toBeLessThan(500)
})

/** A copy of the library that a test may spoil. */
function copyOfLibrary(): { require: NodeJS.Require; path: (file: string) => string } {
  const root = mkdtempSync(join(tmpdir(), 'fast-produce-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const path = (file: string): string => join(root, 'node_modules', file)
  cpSync(dirname(ownRequire.resolve('kafkajs/package.json')), path('kafkajs'), { recursive: true })
  return { require: createRequire(join(root, 'service.js')), path }
}

test('replaces three functions of an untouched copy', () => {
  const { require } = copyOfLibrary()
  const { active, originals } = installFastProduce(require)
  expect(active).toBe(true)
  const now = loadInternals(require)
  expect(now.group).not.toBe(originals?.group)
  expect(now.createProduce).not.toBe(originals?.createProduce)
  expect(now.frame).not.toBe(originals?.frame)
  expect(now.Encoder).toBe(originals?.Encoder)
})

test('leaves another version as it is', () => {
  const { require, path } = copyOfLibrary()
  const manifest = path('kafkajs/package.json')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"2.2.4"', '"2.2.5"'))
  expect(installFastProduce(require)).toEqual({
    active: false,
    reason: 'kafkajs is 2.2.5, not 2.2.4',
  })
  expectUntouched(require)
})

test.each([MODULES.createProduce, MODULES.Encoder, 'kafkajs/src/producer/sendMessages.js'])(
  'leaves a library as it is whose %s is another',
  (file) => {
    const { require, path } = copyOfLibrary()
    appendFileSync(path(file), '\n')
    expect(installFastProduce(require)).toEqual({
      active: false,
      reason: 'the files of kafkajs 2.2.4 are not those of its release',
    })
    expectUntouched(require)
  },
)

test('leaves a library as it is whose files are elsewhere', () => {
  const { require, path } = copyOfLibrary()
  rmSync(path(MODULES.frame))
  const { active, reason } = installFastProduce(require)
  expect({ active, reason }).toEqual({ active: false, reason: expect.any(String) })
})

test('leaves a library as it is that was loaded before', () => {
  const { require } = copyOfLibrary()
  require('kafkajs')
  const before = loadInternals(require)
  expect(installFastProduce(require)).toEqual({
    active: false,
    reason: 'kafkajs was loaded before',
  })
  expect(loadInternals(require)).toEqual(before)
})

/** A library that nothing was loaded of cannot have been replaced. */
function expectUntouched(require: NodeJS.Require): void {
  for (const file of Object.values(MODULES)) {
    expect(require.cache[require.resolve(file)]).toBeUndefined()
  }
}
