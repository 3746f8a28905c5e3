import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 })
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 64 }), fc.uuid())
const halfPair = fc.constantFrom('\ud83d', 'a\ude00')
const long = avsc.Type.forSchema('long')
const string = avsc.Type.forSchema('string')

/** Where a number gets a digit more, or is written in pieces. */
const edges = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: -1, max: 1 }))
  .map(([power, off]) => 10 ** power + off)

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

  it('writes texts and numbers as JSON does', () => {
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.nat(), fc.double(), edges)
    fc.assert(
      fc.property(fc.oneof(anyText, halfPair), numbers, (text, number) => {
        const gathered = new ByteBuffer(1)
        gathered.jsonText(text)
        gathered.byte(0x2c)
        gathered.jsonNumber(number)
        expect(gathered.written.toString()).toBe(
          `${JSON.stringify(text)},${JSON.stringify(number)}`,
        )
      }),
    )
  })

  it('writes texts as Avro does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const gathered = new ByteBuffer(1)
        gathered.avroText(text)
        expect(gathered.written).toEqual(string.toBuffer(text))
      }),
    )
  })

  it('leaves nothing behind of a text that is not plain', () => {
    const gathered = new ByteBuffer(4)
    for (const text of ['a-b_c 9~', 'it "is"', 'back\\slash', 'line\n', 'Müller', 'ends with 😀']) {
      expect(gathered.plain(text), text).toBe(text === 'a-b_c 9~')
    }
    expect(gathered.written.toString()).toBe('a-b_c 9~')
  })

  it('begins anew, and does not show what was there before', () => {
    const gathered = new ByteBuffer(4)
    gathered.text('something long')
    gathered.clear()
    gathered.text('short')
    expect(gathered.written.toString()).toBe('short')
  })
})
