import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 })
const long = avsc.Type.forSchema('long')

describe('ByteBuffer', () => {
  it('holds all that was added, however often it had to grow', () => {
    fc.assert(
      fc.property(texts, (added) => {
        const gathered = new ByteBuffer(4)
        for (const text of added) {
          gathered.text(text)
          gathered.bytes(Buffer.from(text))
        }
        expect(gathered.written.toString()).toBe(added.map((text) => text + text).join(''))
        expect(gathered.length).toBe(gathered.written.length)
      }),
    )
  })

  it('writes whole numbers as Avro does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (value) => {
        const gathered = new ByteBuffer(1)
        gathered.varint(value)
        expect(gathered.written).toEqual(long.toBuffer(value))
      }),
    )
  })

  it('begins anew, and does not show what was there before', () => {
    const gathered = new ByteBuffer(4)
    gathered.text('something long')
    gathered.clear()
    gathered.text('short')
    expect(gathered.written.toString()).toBe('short')
  })
})
