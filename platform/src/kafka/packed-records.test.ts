import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ByteBuffer } from '../byte-buffer.ts'
import { PackedRecords } from './packed-records.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data))
const records = fc.array(fc.record({ key: bytes, value: bytes }), { maxLength: 200, size: 'max' })

function pack(list: { key: Buffer; value: Buffer }[], memory?: ByteBuffer): PackedRecords {
  const packed = new PackedRecords(memory)
  for (const { key, value } of list) packed.add(key, value)
  return packed
}

test('what was packed can be taken apart again', () => {
  fc.assert(
    fc.property(records, (list) => {
      const packed = pack(list)
      expect(packed).toHaveLength(list.length)
      expect(packed.byteLength).toBe(packed.bytes.length)
      expect(packed.unpack()).toEqual(list)
    }),
  )
})

test.each([0, 1, 63, 64, 8_191, 8_192, 20_000])('takes keys and values of %i bytes', (size) => {
  const list = [1, 2, 3].map((fill) => {
    return { key: Buffer.alloc(size, fill), value: Buffer.alloc(size, fill + 3) }
  })
  expect(pack(list).unpack()).toEqual(list)
})

test('memory that is used again leaves no trace of what was in it', () => {
  const first = pack([{ key: Buffer.from('a'), value: Buffer.alloc(5_000, 'x') }])
  const list = [{ key: Buffer.from('b'), value: Buffer.from('y') }]
  const second = pack(list, first.memory)
  expect(second.bytes).toEqual(pack(list).bytes)
  expect(second.memory).toBe(first.memory)
})

test('a record is copied: what it was made from may change', () => {
  const value = Buffer.from('order')
  const packed = pack([{ key: Buffer.from('k'), value }])
  value.fill(0)
  expect(packed.unpack()).toEqual([{ key: Buffer.from('k'), value: Buffer.from('order') }])
})
