import { orders } from '@orders/schemas/order.arbitrary'
import { orderType } from '@orders/schemas/order-avro'
import avsc from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileBoundsCheck } from './avro-bounds.ts'

const checkOrderBytes = compileBoundsCheck(orderType)

/** Every kind of Avro type in one record, itself included. */
const everything = avsc.Type.forSchema({
  type: 'record',
  name: 'Everything',
  fields: [
    { name: 'nothing', type: 'null' },
    { name: 'flag', type: 'boolean' },
    { name: 'whole', type: 'int' },
    { name: 'long', type: 'long' },
    { name: 'float', type: 'float' },
    { name: 'double', type: 'double' },
    { name: 'raw', type: 'bytes' },
    { name: 'text', type: 'string' },
    { name: 'four', type: { type: 'fixed', name: 'Four', size: 4 } },
    { name: 'suit', type: { type: 'enum', name: 'Suit', symbols: ['CLUBS', 'HEARTS'] } },
    { name: 'list', type: { type: 'array', items: 'string' } },
    { name: 'byName', type: { type: 'map', values: 'long' } },
    { name: 'child', type: ['null', 'Everything'] },
  ],
})

const values = fc.letrec((tie) => ({
  value: fc.record({
    nothing: fc.constant(null),
    flag: fc.boolean(),
    whole: fc.integer(),
    long: fc.maxSafeInteger().map((n) => Math.trunc(n / 2)),
    float: fc.constant(1.5),
    double: fc.double({ noNaN: true }),
    raw: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    text: fc.string({ unit: 'grapheme' }),
    four: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    suit: fc.constantFrom('CLUBS', 'HEARTS'),
    list: fc.array(fc.string()),
    byName: fc.dictionary(fc.string(), fc.integer()),
    child: fc.option(tie('value'), { depthSize: 'small' }),
  }),
}))

test('passes whatever the Avro library encodes', () => {
  const check = compileBoundsCheck(everything)
  fc.assert(fc.property(values.value, (value) => check(everything.toBuffer(value))))
  fc.assert(fc.property(orders(), (order) => checkOrderBytes(orderType.toBuffer(order))))
})

test('refuses every order that is cut off, and every one with something behind it', () => {
  fc.assert(
    fc.property(orders(), fc.double({ min: 0, max: 1, maxExcluded: true }), (order, part) => {
      const bytes = orderType.toBuffer(order)
      expect(() => checkOrderBytes(bytes.subarray(0, bytes.length * part))).toThrow(/end/)
      expect(() => checkOrderBytes(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(/too many/)
    }),
  )
})

test('refuses a count that the bytes cannot hold, without counting it', () => {
  // Four empty strings, then an array that announces 2^40 lines: the library would try to make it.
  const bomb = Buffer.from([0, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01])
  expect(() => checkOrderBytes(bomb)).toThrow(/end in the middle/)
  const nulls = compileBoundsCheck(avsc.Type.forSchema({ type: 'array', items: 'null' }))
  expect(() => nulls(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x10, 0]))).toThrow(/items of no bytes/)
})

test('agrees with the Avro library on random bytes that it can read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const buffer = Buffer.from(bytes)
      try {
        checkOrderBytes(buffer)
      } catch {
        return
      }
      try {
        orderType.fromBuffer(buffer)
      } catch (error) {
        expect(String(error)).toMatch(/precision/)
      }
    }),
    { numRuns: 5_000 },
  )
})
