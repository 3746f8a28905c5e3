import { randomUUID } from 'node:crypto'
import type { Order } from '@orders/schemas/order'
import type { RedisClient } from './redis.ts'

/** The two consumers by the name under which they keep their orders. */
export type ConsumerName = 'auto' | 'batch'

/** A valid order with its place on the log. */
export interface PlacedOrder {
  offset: bigint
  order: Order
}

/** What one write holds: everything that was read of one partition, without a hole. */
export interface Reading {
  partition: number
  /** Where the reading began; everything before it was written by earlier readings. */
  from: bigint
  /** The offset after the last message. */
  next: bigint
  orders: PlacedOrder[]
  /** How many of the messages went to the dead letters. */
  deadLettered: number
}

/**
 * What became of a write: how often each order has been delivered by now, in the order of
 * `orders`. Or: Redis does not know everything before `from`, and nothing was written.
 */
export type WriteOutcome =
  { kind: 'written'; deliveries: number[] } | { kind: 'behind'; known: bigint | null }

/**
 * One write, all or nothing: each order once (`deliveries` counts the repeats), and the next offset
 * of the partition. The same write sent twice, as a client does after a lost connection, counts
 * once: the token of the last one is kept. Measured why: INCR and MULTI were applied twice then.
 */
const WRITE_ORDERS = `
local position = redis.call('HMGET', KEYS[1], 'next', 'write')
local known = tonumber(position[1] or '-1')
if tonumber(ARGV[2]) > math.max(known, 0) then return { 'behind', position[1] or '' } end
local repeated = position[2] == ARGV[1]
local width = tonumber(ARGV[6])
local stored, again, deliveries = 0, 0, {}
for i = 2, #KEYS do
  local count
  if repeated then
    count = tonumber(redis.call('HGET', KEYS[i], 'deliveries')) or 0
  else
    count = redis.call('HINCRBY', KEYS[i], 'deliveries', 1)
    if count == 1 then
      local first = 7 + (i - 2) * width
      redis.call('HSET', KEYS[i], unpack(ARGV, first, first + width - 1))
      stored = stored + 1
    else
      again = again + 1
    end
  end
  deliveries[i - 1] = count
end
if not repeated then
  redis.call('HSET', KEYS[1], 'write', ARGV[1], 'updatedAt', ARGV[5])
  if tonumber(ARGV[3]) > known then redis.call('HSET', KEYS[1], 'next', ARGV[3]) end
  redis.call('HINCRBY', KEYS[1], 'stored', stored)
  redis.call('HINCRBY', KEYS[1], 'deliveredAgain', again)
  redis.call('HINCRBY', KEYS[1], 'deadLettered', ARGV[4])
end
return { 'written', deliveries }
`

interface ScriptedRedis {
  writeOrders(keyCount: number, ...args: (string | number)[]): Promise<[string, unknown]>
}

/**
 * Keeps the orders of one consumer: a hash an order under `<topic>:<consumer>:<orderId>`, and for
 * each partition a hash `positions:<topic>:<consumer>:<partition>` with the next offset.
 */
export class OrderStore {
  readonly #redis: RedisClient & ScriptedRedis
  readonly #prefix: string
  readonly #writer = randomUUID()
  #writes = 0

  constructor(redis: RedisClient, topic: string, consumer: ConsumerName) {
    redis.defineCommand('writeOrders', { lua: WRITE_ORDERS })
    this.#redis = redis as RedisClient & ScriptedRedis
    this.#prefix = `${topic}:${consumer}`
  }

  /** Prepares a write of what was read; running it again never has a second effect. */
  prepare(reading: Reading, now: Date): () => Promise<WriteOutcome> {
    this.#writes += 1
    const token = `${this.#writer}:${this.#writes}`
    const keys = reading.orders.map(({ order }) => `${this.#prefix}:${order.orderId}`)
    const storedAt = now.toISOString()
    const rows = reading.orders.map((placed) => orderFields(placed, reading.partition, storedAt))
    const args = [
      positionKey(this.#prefix, reading.partition),
      ...keys,
      token,
      String(reading.from),
      String(reading.next),
      reading.deadLettered,
      storedAt,
      rows[0]?.length ?? 0,
      ...rows.flat(),
    ]
    return async () => asOutcome(await this.#redis.writeOrders(keys.length + 1, ...args))
  }
}

function asOutcome([kind, rest]: [string, unknown]): WriteOutcome {
  if (kind === 'written') return { kind, deliveries: rest as number[] }
  return { kind: 'behind', known: rest === '' ? null : BigInt(String(rest)) }
}

/** The fields of an order's hash, names and values in turn. */
function orderFields(
  { order, offset }: PlacedOrder,
  partition: number,
  storedAt: string,
): (string | number)[] {
  const fields = {
    orderId: order.orderId,
    customerId: order.customerId,
    customerName: order.customerName,
    customerEmail: order.customerEmail,
    totalCents: order.totalCents,
    currency: order.currency,
    items: JSON.stringify(order.items),
    placedAt: new Date(order.placedAt).toISOString(),
    partition,
    offset: String(offset),
    storedAt,
  }
  return Object.entries(fields).flat()
}

function positionKey(prefix: string, partition: number): string {
  return `positions:${prefix}:${partition}`
}

/** What Redis says of one partition of one consumer. */
export interface StoredPosition {
  /** The next offset, or null when nothing was ever written. */
  next: bigint | null
  stored: number
  deliveredAgain: number
  deadLettered: number
}

/** Reads how far a consumer has come in a partition. */
export async function readPosition(
  redis: RedisClient,
  topic: string,
  consumer: ConsumerName,
  partition: number,
): Promise<StoredPosition> {
  const hash = await redis.hgetall(positionKey(`${topic}:${consumer}`, partition))
  return {
    next: hash['next'] === undefined ? null : BigInt(hash['next']),
    stored: Number(hash['stored'] ?? 0),
    deliveredAgain: Number(hash['deliveredAgain'] ?? 0),
    deadLettered: Number(hash['deadLettered'] ?? 0),
  }
}

const FORGET_POSITION = `
if redis.call('HGET', KEYS[1], 'next') == ARGV[1] then redis.call('HDEL', KEYS[1], 'next') end
`

/** Forgets how far a consumer has come, unless that has changed from `known` meanwhile. */
export async function forgetPosition(
  redis: RedisClient,
  topic: string,
  consumer: ConsumerName,
  partition: number,
  known: bigint,
): Promise<void> {
  await redis.eval(FORGET_POSITION, 1, positionKey(`${topic}:${consumer}`, partition), `${known}`)
}
