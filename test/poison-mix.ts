import { encodeOrder } from '@orders/platform/order-encoder'
import { Registry } from '@orders/platform/schema-registry'
import type { Order } from '@orders/schemas/order'
import type { Bench } from './bench.ts'
import {
  doubledSchemaText,
  evolvedMessage,
  evolvedSchemaText,
  otherSchemaText,
  poisonKinds,
  type OddMessage,
  type PoisonKind,
  type SchemaIds,
} from '@orders/drills/faults/poison-kinds'
import { registerText } from './registry.ts'
import { makeOrders } from './orders.ts'
import { prepareTopic } from './prepare-topic.ts'

const PARTITIONS = 5

/** What was mixed, and where on the log of a new topic each bad message is going to be. */
export interface Mix {
  messages: (OddMessage & { partition: number })[]
  good: Order[]
  bad: Map<string, PoisonKind>
}

/** Every kind of bad message between two good orders, spread over all partitions. */
export function mixOrdersAndPoison(ids: SchemaIds): Mix {
  const [pattern, ...orders] = makeOrders(200)
  if (!pattern) throw new Error('no order')
  const kinds = poisonKinds(pattern, ids)
  const messages: (OddMessage & { partition: number })[] = []
  const good = orders.slice(0, kinds.length * 2)
  const bad = new Map<string, PoisonKind>()
  kinds.forEach((kind, i) => {
    const partition = i % PARTITIONS
    const [before, after] = good.slice(i * 2, i * 2 + 2)
    if (!before || !after) throw new Error('too few orders')
    const offset = messages.filter((message) => message.partition === partition).length + 1
    bad.set(`${partition}/${offset}`, kind)
    const { key, value, headers = {} } = kind
    messages.push(
      { partition, ...goodMessage(before, ids) },
      { partition, key, value, headers },
      // An order of a newer producer is a good one.
      { partition, ...evolvedMessage(after, ids) },
    )
  })
  return { messages, good, bad }
}

/** A good order as the producer sends it. */
export function goodMessage(order: Order, ids: Pick<SchemaIds, 'order'>): OddMessage {
  return { key: Buffer.from(order.customerId), value: encodeOrder(ids.order, order) }
}

/** Makes the topic of a bench and registers the schemas that poison is made with. */
export async function registerSchemas(bench: Bench): Promise<SchemaIds> {
  const registry = new Registry(bench.registryUrl)
  const json = JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: bench.topic,
  })
  return {
    order: await prepareTopic(bench),
    evolved: await registry.register(`${bench.topic}-evolved`, evolvedSchemaText),
    other: await registry.register(`${bench.topic}-other`, otherSchemaText),
    doubled: await registry.register(`${bench.topic}-doubled`, doubledSchemaText),
    json: await registerText(bench, `${bench.topic}-json`, { schemaType: 'JSON', schema: json }),
  }
}
