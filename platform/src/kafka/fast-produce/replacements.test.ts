import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { libraryInternals } from './install.ts'
import type { LibraryRequest } from './library.ts'
import type { ProduceInput, ProduceMessage } from './produce-input.ts'
import { requestOf } from './produce.samples.ts'
import { replacementsFor } from './replacements.ts'

const library = libraryInternals()
const fast = replacementsFor(library)

beforeEach(() => void vi.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123))
afterEach(() => void vi.restoreAllMocks())

/** The bytes of a request with and without its head, or what its encoding throws. */
async function outcome(
  frame: typeof library.frame,
  make: () => LibraryRequest,
): Promise<(string | Error)[]> {
  const body = make().encode()
  const whole = frame({ correlationId: 7, clientId: 'producer', request: make() })
  const settled = await Promise.allSettled([body, whole])
  return settled.map((one) =>
    one.status === 'fulfilled' ? one.value.buffer.toString('hex') : (one.reason as Error),
  )
}

async function expectSameOutcome(input: ProduceInput): Promise<(string | Error)[]> {
  const expected = await outcome(library.frame, () => library.createProduce(input))
  expect(await outcome(fast.frame, () => fast.createProduce(input))).toEqual(expected)
  return expected
}

test('gives the bytes or the error of the library for anything it is handed', async () => {
  const odd = fc.oneof(
    fc.constantFrom(undefined, null, NaN, 1.5, 1n, '', 'x', true, { value: 5n }, [], {}),
    fc.constantFrom(new Uint8Array(3), new Date(0), 2 ** 31, 2 ** 53, -(2 ** 62), 'Infinity'),
    fc.string(),
    fc.integer(),
  )
  const oddMessage = fc.record(
    {
      key: odd,
      value: odd,
      timestamp: odd,
      headers: fc.oneof(odd, fc.dictionary(fc.string(), odd)),
    },
    { requiredKeys: [] },
  )
  const oddFields = fc.record(
    { acks: odd, timeout: odd, producerId: odd, producerEpoch: odd, transactionalId: odd },
    { requiredKeys: [] },
  )
  const messages = fc.oneof(fc.array(fc.oneof(oddMessage, odd), { maxLength: 3 }), odd)
  await fc.assert(
    fc.asyncProperty(messages, fc.oneof(oddFields, fc.constant({})), async (list, fields) => {
      await expectSameOutcome(requestOf(list as ProduceMessage[], fields as object))
    }),
    { numRuns: 1_000 },
  )
})

test('leaves compression and transactions to the library', async () => {
  const messages = [{ key: 'a', value: 'b' }]
  const [packed] = await expectSameOutcome(requestOf(messages, { compression: 1 }))
  expect(packed).toEqual(expect.any(String))
  await expectSameOutcome(requestOf(messages, { compression: 4 }))
  await expectSameOutcome(requestOf(messages, { transactionalId: 'payments' }))
})

test('leaves all other requests to the library', async () => {
  const { Encoder } = library
  const request: LibraryRequest = {
    apiKey: 3,
    apiVersion: 6,
    encode: async () => Object.assign(new Encoder(0), { buf: Buffer.from('abc'), offset: 3 }),
  }
  const call = { correlationId: 1, clientId: null, request }
  expect((await fast.frame(call)).buffer).toEqual((await library.frame(call)).buffer)
})
