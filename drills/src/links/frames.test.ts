import { expect, test } from 'vitest'
import { FrameReader, readCorrelationId, readHead, readProduce } from './frames.ts'

function text(value: string): Buffer {
  const size = Buffer.alloc(2)
  size.writeInt16BE(value.length)
  return Buffer.concat([size, Buffer.from(value)])
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function frame(...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([int(body.length), body])
}

function head(apiKey: number, version: number, correlationId: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt16BE(apiKey, 0)
  bytes.writeInt16BE(version, 2)
  bytes.writeInt32BE(correlationId, 4)
  return bytes
}

/** A batch of records as far as its count. */
function batch(records: number): Buffer {
  const bytes = Buffer.alloc(70)
  bytes.writeInt32BE(records, 57)
  return bytes
}

function produce(version: number, correlationId: number): Buffer {
  const acksAndTimeout = Buffer.alloc(6)
  const noTransaction = Buffer.from([0xff, 0xff])
  const partition = [int(3), int(70), batch(12)]
  const topics = [int(1), text('orders'), int(1), ...partition]
  const transaction = version >= 3 ? [noTransaction] : []
  return frame(
    head(0, version, correlationId),
    text('client'),
    ...transaction,
    acksAndTimeout,
    ...topics,
  )
}

test('frames come whole, however the stream was cut', () => {
  const stream = Buffer.concat([produce(7, 1), frame(int(5)), produce(7, 2)])
  for (const size of [1, 3, 7, 64, stream.length]) {
    const reader = new FrameReader()
    const frames: Buffer[] = []
    for (let at = 0; at < stream.length; at += size) {
      frames.push(...reader.push(stream.subarray(at, at + size)))
    }
    expect(frames).toHaveLength(3)
    expect(Buffer.concat(frames)).toEqual(stream)
  }
})

test.each([2, 7])('a produce request of version %i says what it carries', (version) => {
  const request = produce(version, 77)
  expect(readHead(request)).toEqual({ apiKey: 0, version, correlationId: 77 })
  expect(readProduce(request)).toEqual([{ topic: 'orders', partition: 3, records: 12 }])
})

test('another request carries nothing, and an answer names the request', () => {
  expect(readProduce(frame(head(3, 5, 1), text('client')))).toBeNull()
  expect(readCorrelationId(frame(int(77), int(0)))).toBe(77)
})

test('a size that cannot be is refused', () => {
  expect(() => new FrameReader().push(int(-1))).toThrow(RangeError)
})
