import { readFileSync } from 'node:fs'
import avsc from 'avsc'

const schema = JSON.parse(readFileSync(new URL('../order.avsc', import.meta.url), 'utf8'))

/** The Avro schema as it is registered: `order.avsc` on one line, documentation included. */
export const orderSchemaText: string = JSON.stringify(schema)

/** Encodes and decodes orders as plain Avro (without the header of the wire format). */
export const orderType: avsc.Type = avsc.Type.forSchema(schema, {
  omitRecordMethods: true,
})
