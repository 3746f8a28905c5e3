import { OrderDecoder } from '@orders/platform/order-decoder'
import { Registry } from '@orders/platform/schema-registry'
import { createRandom, type Random } from '@orders/producer/random'
import { orderType } from '@orders/schemas/order-avro'
import { evolvedMessage, wire, type SchemaIds } from '@orders/drills/faults/poison-kinds'
import type { FuzzPlan } from './fuzz.ts'
import { makeOrders } from './orders.ts'

// A program of its own: `fuzz.ts` runs it and ends it when it hangs.
const [registryUrl = '', planText = ''] = process.argv.slice(2)
const plan = JSON.parse(planText) as FuzzPlan
const decoder = new OrderDecoder(new Registry(registryUrl))
const [orderId = 0, evolved = 0] = plan.schemaIds
const seeds = makeOrders(20).flatMap((order) => [
  { key: Buffer.from(order.customerId), value: wire(orderId, orderType.toBuffer(order)) },
  evolvedMessage(order, { evolved } as SchemaIds),
])
const counts = { order: 0, bad: 0 }
for (let i = 0; i < plan.count; i += 1) {
  const seed = seeds[i % seeds.length]
  const value = mutate(seed?.value ?? Buffer.alloc(0), createRandom(plan.seed, i))
  const message = { offset: 0n, key: seed?.key ?? null, value, headers: {}, timestamp: 0 }
  try {
    const { kind } = await decoder.judge(message)
    counts[kind] += 1
  } catch (error) {
    process.stdout.write(`threw at ${value.toString('hex')}: ${String(error)}\n`)
    process.exitCode = 1
  }
}
process.stdout.write(`${counts.order + counts.bad} judged, ${counts.bad} of them bad\n`)

/** One to four changes behind the schema id; now and then in it, too. */
function mutate(good: Buffer, random: Random): Buffer {
  let value = good
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) value = change(value, random)
  return value
}

function change(value: Buffer, random: Random): Buffer {
  const from = random.below(20) === 0 ? 0 : Math.min(5, value.length)
  const at = from + random.below(Math.max(value.length - from, 1))
  const head = value.subarray(0, at)
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([head, randomBytes(1, random), value.subarray(at + 1)])
    case 1:
      return Buffer.from(head)
    case 2:
      return Buffer.concat([head, randomBytes(1 + random.below(8), random), value.subarray(at)])
    case 3:
      return Buffer.concat([head, value.subarray(at + random.below(8))])
    case 4:
      return Buffer.concat([head, smallNumbers(random), value.subarray(at + random.below(4))])
    case 5:
      return Buffer.concat([head, value.subarray(from + random.below(value.length))])
    default:
      return Buffer.concat([value.subarray(0, from), smallNumbers(random), value.subarray(from)])
  }
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}

/** Counts, lengths and sizes as Avro writes them, small ones of either sign above all. */
function smallNumbers(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random.below(4) }, () => random.below(16)))
}
