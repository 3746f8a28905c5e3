import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PackedRecords } from '../packed-records.ts'
import { libraryInternals } from './install.ts'
import type { ProduceInput } from './produce-input.ts'
import { encodeProduce } from './produce-request.ts'
import { message, request, requestOf } from './produce.samples.ts'

const library = libraryInternals()

// Messages without a timestamp get that of the moment of encoding: both encoders see the same one.
beforeEach(() => void vi.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123))
afterEach(() => void vi.restoreAllMocks())

async function expectSame(input: ProduceInput): Promise<void> {
  const expected = (await library.createProduce(input).encode()).buffer
  const bytes = encodeProduce(input)
  expect(bytes?.equals(expected)).toBe(true)
}

test('writes any request byte for byte as the library does', async () => {
  await fc.assert(fc.asyncProperty(request, expectSame), { numRuns: 300 })
})

test('writes the head of a request byte for byte as the library does', async () => {
  const head = fc.record({
    correlationId: fc.nat(),
    clientId: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)),
    apiVersion: fc.integer({ min: 3, max: 7 }),
  })
  await fc.assert(
    fc.asyncProperty(request, head, async (input, { correlationId, clientId, apiVersion }) => {
      const plain = { ...library.createProduce(input), apiVersion }
      const expected = await library.frame({ correlationId, clientId, request: plain })
      const bytes = encodeProduce(input, { apiKey: 0, apiVersion, correlationId, clientId })
      expect(bytes?.equals(expected.buffer)).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test.each([0, 1, 63, 64, 65, 1_000, 2_000])('writes a batch of %i records', async (count) => {
  const record = { key: Buffer.from('customer-17'), value: Buffer.alloc(287, 'o') }
  await expectSame(requestOf(Array.from({ length: count }, () => record)))
})

test('writes packed records byte for byte as the library writes them one by one', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data))
  const records = fc.array(fc.record({ key: bytes, value: bytes }, { noNullPrototype: true }), {
    maxLength: 150,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(records, async (list) => {
      const packed = new PackedRecords()
      for (const { key, value } of list) packed.add(key, value)
      const expected = (await library.createProduce(requestOf(list)).encode()).buffer
      expect(encodeProduce(requestOf(packed))?.equals(expected)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('writes a batch of many records of every kind', async () => {
  const many = fc.array(message, { minLength: 200, maxLength: 300, size: 'max' })
  await fc.assert(
    fc.asyncProperty(many, (messages) => expectSame(requestOf(messages))),
    { numRuns: 4 },
  )
})

test('has room for the smallest of everything, many times', async () => {
  const topics = (partitions: ProduceInput['topicData'][0]['partitions']): ProduceInput =>
    requestOf([], { topicData: Array.from({ length: 300 }, () => ({ topic: '', partitions })) })
  await expectSame(topics([]))
  await expectSame(topics([{ partition: 0, messages: [] }]))
  await expectSame(topics([{ partition: 0, messages: [{ value: null }] }]))
})

test.each([62, 63, 64, 65, 8_190, 8_191, 8_192, 8_193, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1])(
  'writes keys, values and headers of %i bytes',
  async (size) => {
    const key = 'k'.repeat(size)
    const value = Buffer.alloc(size, 'v')
    await expectSame(requestOf([{ key, value, headers: { [key]: [value, key] } }]))
  },
)

test('keeps which timestamp the library takes for the first and for the last', async () => {
  const value = Buffer.from('order')
  const stamped = (...times: (number | string | undefined)[]): ProduceInput =>
    requestOf(
      times.map((timestamp) => (timestamp === undefined ? { value } : { value, timestamp })),
    )
  await expectSame(stamped(5, 5, 5))
  await expectSame(stamped(9, 10, 100)) // sorted as text: 10 is the first and 9 the last
  await expectSame(stamped(1_790_000_000_000, undefined, '1790000000009'))
  await expectSame(stamped(0, 1)) // zero counts as none when the distance is taken
  await expectSame(stamped(-1e15, 1e15))
})

test.each([
  ['compression', requestOf([], { compression: 1 })],
  ['a transaction', requestOf([], { transactionalId: 'payments' })],
  ['a transaction without a name', requestOf([], { transactionalId: '' })],
  ['a producer id that is none', requestOf([], { producerId: 'x' })],
  ['an epoch that does not fit', requestOf([], { producerEpoch: 2 ** 15 })],
  ['a key that is a number', requestOf([{ key: 5 as never, value: null }])],
  ['a value that is no Buffer', requestOf([{ value: new Uint8Array(3) as never }])],
  ['a header without a value', requestOf([{ value: null, headers: { a: null as never } }])],
  ['a header in a list in a list', requestOf([{ value: null, headers: { a: [['b']] as never } }])],
  ['no headers, said with null', requestOf([{ value: null, headers: null as never }])],
  ['a timestamp in words', requestOf([{ value: null, timestamp: 'today' }])],
  ['half a millisecond', requestOf([{ value: null, timestamp: 0.5 }])],
  ['a message that is more than its own fields', requestOf([Object.create({ value: 'a' })])],
  [
    'a topic of 32 KiB',
    requestOf([], { topicData: [{ topic: 'x'.repeat(2 ** 15), partitions: [] }] }),
  ],
])('leaves %s to the library', (_name, input) => {
  expect(encodeProduce(input)).toBeNull()
})
