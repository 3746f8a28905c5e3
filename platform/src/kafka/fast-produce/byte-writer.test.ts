import { expect, test } from 'vitest'
import { ByteWriter } from './byte-writer.ts'

test.each([
  ['a varint', (writer: ByteWriter) => writer.varint(300)],
  ['a text', (writer: ByteWriter) => writer.varintBytes('a text that is longer')],
  ['bytes', (writer: ByteWriter) => writer.varintBytes(Buffer.alloc(9))],
  ['a number', (writer: ByteWriter) => writer.int32(1)],
])('never gives out a buffer that %s did not fit in', (_name, write) => {
  const writer = new ByteWriter(1)
  expect(() => {
    write(writer)
    return writer.written
  }).toThrow(RangeError)
})
