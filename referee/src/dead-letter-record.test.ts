import { expect, it } from 'vitest'
import { describeBad } from '@orders/platform/dead-letters'
import { readDeadLetter } from './dead-letter-record.ts'
import { digestOf } from './order-digest.ts'

const message = { offset: 17n, key: null, value: null, headers: {}, timestamp: 5 }
const written = describeBad(
  { partition: 3, message, reason: 'not-avro', detail: 'so' },
  { topic: 'orders', groupId: 'g' },
  new Date(0),
)
const headers = Object.entries(written).map(([name, text]) => ({ name, value: Buffer.from(text) }))
const record = {
  partition: 1,
  offset: 9,
  timestamp: 5,
  headers,
  key: null,
  value: Buffer.from('x'),
}

it('reads what the consumers write', () => {
  expect(readDeadLetter(record)).toEqual({
    partition: 1,
    offset: 9,
    source: { topic: 'orders', partition: 3, offset: 17 },
    keyDigest: null,
    valueDigest: digestOf('x'),
    missingHeaders: [],
    reason: 'not-avro',
  })
})

it('tells what is missing', () => {
  const rest = headers.filter(({ name }) => name !== 'dlq.offset')
  expect(readDeadLetter({ ...record, headers: rest })).toMatchObject({
    source: null,
    missingHeaders: ['dlq.offset'],
  })
})
