import { randomBytes } from 'node:crypto'
import type { MessageHeaders } from '@orders/platform/kafka/delivery'
import type { BadReason } from '@orders/platform/order-decoder'
import type { Order } from '@orders/schemas/order'
import { orderSchemaText, orderType } from '@orders/schemas/order-avro'

/** A message to be sent beside good orders. */
export interface OddMessage {
  key: Buffer | null
  value: Buffer | null
  headers?: MessageHeaders
}

/** The ids of the schemas that odd messages name. */
export interface SchemaIds {
  order: number
  evolved: number
  json: number
  other: number
  doubled: number
}

const UNKNOWN_ID = 2_000_000_000
const ORDER_ID_BYTES = 37 // The length and the 36 characters.

/** The order's schema with a field more, of a kind that a reader may skip in blocks. */
export const evolvedSchemaText = changeSchema((fields) => [
  { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
  ...fields,
  { name: 'note', type: ['null', 'string'], default: null },
])

/** The order's schema with a floating total: it cannot be read as whole cents. */
export const doubledSchemaText = changeSchema((fields) =>
  fields.map((field) => (field.name === 'totalCents' ? { ...field, type: 'double' } : field)),
)

/** The order's schema with the total as text: no order written so can be read. */
export const stringTotalSchemaText = changeSchema((fields) =>
  fields.map((field) => (field.name === 'totalCents' ? { ...field, type: 'string' } : field)),
)

/** A record that is no order at all. */
export const otherSchemaText = JSON.stringify({
  type: 'record',
  name: 'Visit',
  fields: [{ name: 'page', type: 'string' }],
})

interface Field {
  name: string
  type: unknown
  default?: unknown
}

function changeSchema(change: (fields: Field[]) => Field[]): string {
  const schema = JSON.parse(orderSchemaText) as { fields: Field[] }
  return JSON.stringify({ ...schema, fields: change(schema.fields) })
}

/** Puts a payload into the wire format. */
export function wire(schemaId: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(5)
  header.writeInt32BE(schemaId, 1)
  return Buffer.concat([header, payload])
}

/** A good order in the evolved schema: to be stored, not to be dead-lettered. */
export function evolvedMessage(order: Order, ids: SchemaIds): OddMessage {
  const tags = Buffer.concat([varint(1n), text('gift'), varint(0n)])
  const note = Buffer.concat([varint(1n), text('ring twice')])
  const payload = Buffer.concat([tags, orderType.toBuffer(order), note])
  return { key: Buffer.from(order.customerId), value: wire(ids.evolved, payload) }
}

/** A bad message, and the reason that its dead letter must give. */
export interface PoisonKind extends OddMessage {
  name: string
  reason: BadReason
}

/** Every kind of bad message, made from a good order. */
export function poisonKinds(order: Order, ids: SchemaIds): PoisonKind[] {
  const key = Buffer.from(order.customerId)
  const good = orderType.toBuffer(order)
  const bytes = [...foreignBytes(ids, good), ...brokenAvro(order, good, ids)]
  const kinds = [...bytes, ...brokenEvolved(good, ids), ...brokenRules(order, ids)]
  const junk = Buffer.from('x')
  return [
    ...kinds.map(([name, reason, value]) => ({ name, reason, key, value })),
    { name: 'NaN total', reason: 'wrong-schema', key, value: doubled(order, ids) },
    { name: 'null value', reason: 'no-value', key, value: null },
    { name: 'null key', reason: 'wrong-key', key: null, value: wire(ids.order, good) },
    ...['C-else', '\u001b[2J\n\u0000'].map((other): PoisonKind => {
      return {
        name: 'wrong key',
        reason: 'wrong-key',
        key: Buffer.from(other),
        value: wire(ids.order, good),
      }
    }),
    {
      name: '100 kB of headers',
      reason: 'not-avro',
      key,
      value: junk,
      headers: { big: randomBytes(100_000) },
    },
    {
      name: 'headers like ours, twice, empty, of bytes',
      reason: 'not-avro',
      key,
      value: junk,
      headers: { 'dlq.reason': 'forged', trace: ['a', 'b'], raw: Buffer.from([255, 0]), empty: '' },
    },
  ]
}

type Kind = [name: string, reason: BadReason, value: Buffer]

function foreignBytes(ids: SchemaIds, good: Buffer): Kind[] {
  const otherMagic = wire(ids.order, good)
  otherMagic[0] = 1
  return [
    ...[0, 1, 2, 3, 4].map((size): Kind => [`${size} bytes`, 'not-avro', Buffer.alloc(size)]),
    ['another magic byte', 'not-avro', otherMagic],
    ['JSON text', 'not-avro', Buffer.from('{"orderId":"1"}')],
    ['plain text', 'not-avro', Buffer.from('hello, is this the order desk?')],
    ['random bytes', 'not-avro', Buffer.concat([Buffer.from([7]), randomBytes(300)])],
    ['id 0', 'unknown-schema', wire(0, good)],
    ['id -1', 'unknown-schema', wire(-1, good)],
    ['an unknown id', 'unknown-schema', wire(UNKNOWN_ID, good)],
    ["another subject's record", 'wrong-schema', wire(ids.other, Buffer.from('\u0004/a'))],
    ['a schema of type JSON', 'wrong-schema', wire(ids.json, Buffer.from('{}'))],
    ['nearly 1 MiB of junk', 'undecodable', wire(ids.order, Buffer.alloc(1_048_000, 0xee))],
  ]
}

function brokenAvro(order: Order, good: Buffer, ids: SchemaIds): Kind[] {
  const badUtf8 = Buffer.from(good)
  badUtf8[good.indexOf(order.customerName)] = 0xff
  const emailAt = good.indexOf(order.customerEmail)
  const upToItems = good.subarray(0, emailAt + Buffer.byteLength(order.customerEmail))
  const noTime = good.subarray(0, good.length - varint(BigInt(order.placedAt)).length)
  const noId = good.subarray(ORDER_ID_BYTES)
  const payloads: [string, Buffer][] = [
    ['only the schema id', Buffer.alloc(0)],
    ['truncated', good.subarray(0, good.length - 3)],
    ['truncated in its first text', good.subarray(0, 10)],
    ['a byte too many', Buffer.concat([good, Buffer.from([0])])],
    ['two orders', Buffer.concat([good, good])],
    ['a time beyond 2^53', Buffer.concat([noTime, varint(2n ** 60n)])],
    ['a number of 11 bytes', Buffer.concat([noTime, Buffer.alloc(10, 0x80), Buffer.from([1])])],
    ['a text of 2 GB', Buffer.concat([varint(2n ** 31n), noId])],
    ['a text of negative length', Buffer.concat([varint(-5n), noId])],
    ['4 thousand million items', Buffer.concat([upToItems, varint(4_000_000_000n)])],
    ['minus 4 thousand million items', Buffer.concat([upToItems, varint(-4_000_000_000n)])],
  ]
  return [
    ['invalid UTF-8', 'invalid-order', wire(ids.order, badUtf8)],
    ...payloads.map(([name, payload]): Kind => [name, 'undecodable', wire(ids.order, payload)]),
  ]
}

function brokenRules(order: Order, ids: SchemaIds): Kind[] {
  const [line] = order.items
  if (!line) throw new Error('an order without lines')
  const items = (change: Partial<typeof line>) => [{ ...line, ...change }]
  const changes: [string, Partial<Order>][] = [
    ['a total that is not the sum', { totalCents: order.totalCents + 1 }],
    ['no pieces', { items: items({ quantity: 0 }), totalCents: 0 }],
    ['no items', { items: [], totalCents: 0 }],
    ['a price below zero', { items: items({ unitPriceCents: -1 }), totalCents: -line.quantity }],
    ['an order id that is no UUID', { orderId: '17' }],
    ['a currency that is none', { currency: 'euro' }],
    ['a time in seconds', { placedAt: Math.floor(order.placedAt / 1_000) }],
    ['a name of 100 kB', { customerName: 'x'.repeat(100_000) }],
  ]
  return changes.map(([name, change]): Kind => {
    return [name, 'invalid-order', wire(ids.order, orderType.toBuffer({ ...order, ...change }))]
  })
}

/** The reader skips the field that only the writer has: by a size in bytes, where one is given. */
function brokenEvolved(good: Buffer, ids: SchemaIds): Kind[] {
  const block = (size: bigint): Buffer => {
    const oneEmptyTag = [varint(-1n), varint(size), Buffer.from([0, 0])]
    return wire(ids.evolved, Buffer.concat([...oneEmptyTag, good, Buffer.from([0])]))
  }
  return [
    ['a block that leads back to its own beginning', 'undecodable', block(-2n)],
    ['a block that leads past the end', 'undecodable', block(1_000n)],
  ]
}

function doubled(order: Order, ids: SchemaIds): Buffer {
  const good = orderType.toBuffer(order)
  const time = varint(BigInt(order.placedAt))
  const upToTotal = good.length - time.length - varint(BigInt(order.totalCents)).length
  const total = Buffer.alloc(8)
  total.writeDoubleLE(NaN)
  return wire(ids.doubled, Buffer.concat([good.subarray(0, upToTotal), total, time]))
}

function text(value: string): Buffer {
  return Buffer.concat([varint(BigInt(Buffer.byteLength(value))), Buffer.from(value)])
}

/** A zigzag varint of any size. */
function varint(value: bigint): Buffer {
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n
  const bytes: number[] = []
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
