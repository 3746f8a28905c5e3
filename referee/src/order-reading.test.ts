import { OrderDecoder } from '@orders/platform/order-decoder'
import type { Registry } from '@orders/platform/schema-registry'
import { createRandom, type Random } from '@orders/producer/random'
import { orderSchemaText, orderType } from '@orders/schemas/order-avro'
import { orders } from '@orders/schemas/order.arbitrary'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeOrders } from '../../test/orders.ts'
import {
  doubledSchemaText,
  evolvedMessage,
  evolvedSchemaText,
  otherSchemaText,
  poisonKinds,
  stringTotalSchemaText,
  wire,
  type OddMessage,
} from '@orders/drills/faults/poison-kinds'
import { contentOf } from './order-digest.ts'
import { OrderReader, type Reading, type SchemaLookup } from './order-reading.ts'

const IDS = { order: 1, evolved: 2, json: 3, other: 4, doubled: 5 }
const STRING_TOTAL = 6
const UNIONS = 7
const BYTES = 8
const RENAMED = 9
const NARROW = 10
const BROKEN = 11
const RICH = 12
const MUTATIONS = 12_000

type Fields = Record<string, unknown>[]

function changed(change: (fields: Fields) => Fields, rest: object = {}): string {
  const schema = JSON.parse(orderSchemaText) as { fields: Fields }
  return JSON.stringify({ ...schema, fields: change(schema.fields), ...rest })
}

const retyped = (name: string, type: unknown): string =>
  changed((fields) => fields.map((field) => (field['name'] === name ? { ...field, type } : field)))

const RICH_FIELDS = [
  { name: 'flags', type: { type: 'map', values: ['null', 'boolean', 'double'] } },
  { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
  { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 3 } },
  { name: 'nothing', type: { type: 'array', items: 'null' } },
  { name: 'more', type: { type: 'array', items: 'long' } },
]

const SCHEMAS = new Map([
  [IDS.order, orderSchemaText],
  [IDS.evolved, evolvedSchemaText],
  [IDS.other, otherSchemaText],
  [IDS.doubled, doubledSchemaText],
  [STRING_TOTAL, stringTotalSchemaText],
  [UNIONS, retyped('customerName', ['null', 'string'])],
  [BYTES, retyped('customerName', 'bytes')],
  [RENAMED, changed((fields) => fields, { name: 'OrderMade' })],
  [NARROW, retyped('totalCents', 'int')],
  [BROKEN, '{"type":"record"}'],
  [RICH, changed((fields) => [...RICH_FIELDS, ...fields])],
])

const lookUp: SchemaLookup = (id) => {
  if (id === IDS.json) return Promise.resolve({ unusable: 'JSON' })
  const schema = SCHEMAS.get(id)
  return Promise.resolve(schema === undefined ? 'unknown' : { schema })
}

const reader = new OrderReader(lookUp)
const decoder = new OrderDecoder({ fetchSchema: lookUp } as unknown as Registry)

/** Both must say the same; what the referee says is returned. */
async function readBoth({ key, value }: Pick<OddMessage, 'key' | 'value'>): Promise<Reading> {
  const message = { offset: 0n, key, value, headers: {}, timestamp: 0 }
  const [reading, verdict] = [await reader.read(key, value), await decoder.judge(message)]
  const detail = JSON.stringify({ reading, verdict, hex: value?.toString('hex').slice(0, 400) })
  expect('order' in reading, detail).toBe(verdict.kind === 'order')
  if ('order' in reading && verdict.kind === 'order') {
    expect(reading.order).toEqual(contentOf(verdict.order))
  }
  return reading
}

describe('reads as the decoder of the consumers does', () => {
  const [order] = makeOrders(1)
  if (!order) throw new Error('no order')
  const key = Buffer.from(order.customerId)
  const good = orderType.toBuffer(order)

  it.each(poisonKinds(order, IDS).map((kind) => [kind.name, kind] as const))(
    '%s is bad',
    async (_name, kind) => {
      expect(await readBoth(kind)).toHaveProperty('bad')
    },
  )

  it('an order of the evolved schema is good', async () => {
    expect(await readBoth(evolvedMessage(order, IDS))).toHaveProperty('order')
  })

  it.each([
    ['an unreadable total', STRING_TOTAL, 'bad'],
    ['a union with a null', UNIONS, 'bad'],
    ['bytes as text', BYTES, 'order'],
    ['a record of another name', RENAMED, 'bad'],
    ['an int as a long', NARROW, 'order'],
    ['a schema that is none', BROKEN, 'bad'],
  ])('%s', async (_name, id, expected) => {
    expect(await readBoth({ key, value: wire(id, good) })).toHaveProperty(expected)
  })

  it('skips fields of every type', async () => {
    const flags = Buffer.from([4, 2, 97, 2, 1, 2, 98, 0, 0])
    const nothing = Buffer.from([10, 0])
    const more = Buffer.from([3, 8, 2, 128, 128, 1, 0])
    const rich = Buffer.concat([flags, Buffer.from([2, 1, 2, 3]), nothing, more, good])
    expect(await readBoth({ key, value: wire(RICH, rich) })).toHaveProperty('order')
  })

  it('orders of every shape', () =>
    fc.assert(
      fc.asyncProperty(orders(), async (any) => {
        const value = wire(IDS.order, orderType.toBuffer(any))
        const reading = await readBoth({ key: Buffer.from(any.customerId), value })
        expect(reading).toHaveProperty('order')
      }),
      { numRuns: 100 },
    ))

  it(`${MUTATIONS} mutations of good messages`, async () => {
    const seeds = makeOrders(20).flatMap((any) => [
      { key: Buffer.from(any.customerId), value: wire(IDS.order, orderType.toBuffer(any)) },
      evolvedMessage(any, IDS),
    ])
    const counts = { order: 0, bad: 0 }
    for (let i = 0; i < MUTATIONS; i += 1) {
      const seed = seeds[i % seeds.length]
      const value = mutate(seed?.value ?? Buffer.alloc(0), createRandom(11, i))
      const reading = await readBoth({ key: seed?.key ?? null, value })
      counts['order' in reading ? 'order' : 'bad'] += 1
    }
    expect(counts.order).toBeGreaterThan(100)
    expect(counts.bad).toBeGreaterThan(MUTATIONS / 2)
  })
})

it('passes on that the registry is away', async () => {
  const away = new OrderReader(() => Promise.reject(new Error('away')))
  await expect(away.read(null, wire(1, Buffer.alloc(1)))).rejects.toThrow('away')
})

/** One to three changes behind the schema id, now and then in it. */
function mutate(good: Buffer, random: Random): Buffer {
  let value = good
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    const from = random.below(20) === 0 ? 0 : Math.min(5, value.length)
    const at = from + random.below(Math.max(value.length - from, 1))
    const bytes = Buffer.from(
      Array.from({ length: random.below(4) }, () => random.below(random.below(2) ? 256 : 16)),
    )
    value = Buffer.concat([value.subarray(0, at), bytes, value.subarray(at + random.below(4))])
  }
  return value
}
