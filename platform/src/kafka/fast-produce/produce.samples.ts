import fc from 'fast-check'
import type { PackedRecords } from '../packed-records.ts'
import type { ProduceInput, ProduceMessage } from './produce-input.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map((data) => Buffer.from(data))
const big = fc.integer({ min: 0, max: 2 ** 20 }).map((size) => Buffer.alloc(size, 'order'))
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'Łódź', '客户', '👩‍🚀', '\ud800', 'a\udc00b', 'x'.repeat(70)),
)
const content = fc.oneof(
  { arbitrary: fc.oneof(bytes, text, fc.constant(null)), weight: 20 },
  { arbitrary: big, weight: 1 },
)

const headerValue = fc.oneof(text, bytes)
const headers = fc.dictionary(
  text,
  fc.oneof(headerValue, fc.array(headerValue, { maxLength: 4 })),
  {
    maxKeys: 4,
  },
)

const timestamp = fc.oneof(
  fc.constantFrom(null, undefined, 0, -0, 1, 9, 10, 1_790_000_000_000, '1790000000000', '0', '-5'),
  fc.integer({ min: -1e15, max: 1e15 }),
  fc.integer({ min: 0, max: 1e15 - 1 }).map(String),
)

/** Any message that the library accepts and that the fast encoder writes. */
export const message: fc.Arbitrary<ProduceMessage> = fc.record(
  { key: fc.option(content, { nil: undefined }), value: content, timestamp, headers },
  { requiredKeys: ['value'], noNullPrototype: true },
) as fc.Arbitrary<ProduceMessage>

const int64 = fc.oneof(
  fc.constantFrom(-1, 0, '-1', '9223372036854775807', '-9223372036854775808', '4001'),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ value })),
)
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const int16 = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })

const partition = fc.record(
  { partition: int32, firstSequence: int32, messages: fc.array(message, { maxLength: 8 }) },
  { requiredKeys: ['partition', 'messages'], noNullPrototype: true },
)
const topic = fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 4 }) })

/** Any request without compression and without a transaction. */
export const request: fc.Arbitrary<ProduceInput> = fc.record(
  {
    acks: fc.oneof(fc.constant(-1), int16),
    timeout: int32,
    compression: fc.constant(0),
    transactionalId: fc.constantFrom(null, undefined),
    producerId: int64,
    producerEpoch: int16,
    topicData: fc.array(topic, { maxLength: 4 }),
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
) as fc.Arbitrary<ProduceInput>

/** A request as a send to one partition makes it. */
export function requestOf(
  messages: ProduceMessage[] | PackedRecords,
  rest: Partial<ProduceInput> = {},
): ProduceInput {
  return {
    acks: -1,
    timeout: 5_000,
    compression: 0,
    producerId: '4001',
    producerEpoch: 3,
    topicData: [{ topic: 'orders', partitions: [{ partition: 2, firstSequence: 17, messages }] }],
    ...rest,
  }
}
