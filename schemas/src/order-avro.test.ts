import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { orders } from './order.arbitrary.ts'
import { orderSchemaText, orderType } from './order-avro.ts'
import { checkOrder, CENTS_MAX, orderSchema, QUANTITY_MAX } from './order.ts'

interface AvroRecord {
  doc?: string
  fields: { name: string; type: AvroKind; doc?: string }[]
}
type AvroKind = string | { type: string; items?: AvroRecord }

/** Field names in alphabetical order, each with its kind: text, number, or what its list holds. */
type Shape = [field: string, kind: 'text' | 'number' | Shape][]

const schema = JSON.parse(orderSchemaText) as AvroRecord

function byName([left]: Shape[number], [right]: Shape[number]): number {
  return left < right ? -1 : 1
}

function shapeOfAvro(record: AvroRecord): Shape {
  return record.fields.map(({ name, type }): Shape[number] => [name, kindOfAvro(type)]).sort(byName)
}

function kindOfAvro(type: AvroKind): Shape[number][1] {
  const name = typeof type === 'string' ? type : type.type
  if (name === 'string') return 'text'
  if (name === 'int' || name === 'long') return 'number'
  if (typeof type === 'object' && name === 'array' && type.items) return shapeOfAvro(type.items)
  throw new Error(`an Avro type that the order has no kind for: ${JSON.stringify(type)}`)
}

function shapeOfZod(object: z.ZodObject): Shape {
  return Object.entries(object.shape)
    .map(([name, type]): Shape[number] => [name, kindOfZod(type)])
    .sort(byName)
}

function kindOfZod(type: z.core.$ZodType): Shape[number][1] {
  if (type instanceof z.ZodString) return 'text'
  if (type instanceof z.ZodNumber) return 'number'
  if (type instanceof z.ZodArray) return shapeOfZod(type.element as z.ZodObject)
  throw new Error(`a zod type that Avro has no kind for: ${type._zod.def.type}`)
}

function roundTrip(value: unknown): unknown {
  return orderType.fromBuffer(orderType.toBuffer(value))
}

describe('the Avro schema', () => {
  it('has the same fields of the same kinds as the rules, in both directions', () => {
    expect(shapeOfAvro(schema)).toEqual(shapeOfZod(orderSchema))
  })

  it('says what the record, its lines and every field mean', () => {
    const lines = schema.fields.find((field) => field.name === 'items')?.type
    const line = typeof lines === 'object' ? lines.items : undefined
    for (const record of [schema, line]) {
      expect(record?.doc).toMatch(/\w.*\.$/)
      for (const field of record?.fields ?? []) expect(field.doc, field.name).toMatch(/\w.*\.$/)
    }
  })

  it('names its logical types, and is registered on one line', () => {
    expect(orderSchemaText).toContain('"logicalType":"uuid"')
    expect(orderSchemaText).toContain('"logicalType":"timestamp-millis"')
    expect(orderSchemaText).not.toMatch(/\n| {2}/)
  })

  it('gives back every valid order as it was, and as one that passes the check', () => {
    fc.assert(
      fc.property(orders(), (order) => {
        const decoded = roundTrip(order)
        expect(JSON.parse(JSON.stringify(decoded))).toEqual(order)
        expect(checkOrder(decoded)).toHaveProperty('order')
      }),
    )
  })

  it('gives orders that pass the check also from a type with methods, as the registry makes', () => {
    const [order] = fc.sample(orders(), { numRuns: 1, seed: 3 })
    const type = avsc.Type.forSchema(schema as avsc.Schema)
    expect(checkOrder(type.fromBuffer(type.toBuffer(order)))).toEqual({ order })
  })

  it('carries the largest amounts that the rules allow', () => {
    const [order] = fc.sample(orders(), { numRuns: 1, seed: 1 })
    const items = [{ sku: 'A', name: 'B', quantity: 1, unitPriceCents: CENTS_MAX }]
    expect(roundTrip({ ...order, items, totalCents: CENTS_MAX })).toMatchObject({
      totalCents: CENTS_MAX,
    })
    const many = [{ sku: 'A', name: 'B', quantity: QUANTITY_MAX, unitPriceCents: 0 }]
    expect(() => roundTrip({ ...order, items: many, totalCents: 0 })).not.toThrow()
  })

  it('never decodes bytes that are not UTF-8 into an order that passes', () => {
    const [order] = fc.sample(orders(), { numRuns: 1, seed: 2 })
    const bytes = orderType.toBuffer({ ...order, customerName: 'Zoe' })
    bytes[bytes.indexOf('Zoe') + 2] = 0xff
    expect(checkOrder(orderType.fromBuffer(bytes))).toHaveProperty('problems')
  })
})
