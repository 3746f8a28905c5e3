import { readFileSync } from 'node:fs'
import avsc from 'avsc'
import { Redis } from 'ioredis'
import { now } from './result.mjs'
import { need, readSettings } from './settings.mjs'

const HEADER_BYTES = 5

/** Opens Redis as a plain sink: one JSON string an order, without any care for repeats. */
export async function openSink() {
  const { count } = readSettings()
  const prefix = need('KEY_PREFIX')
  const redis = new Redis(need('REDIS_URL'), { lazyConnect: true })
  await redis.connect()
  const type = avsc.Type.forSchema(JSON.parse(readFileSync(need('ORDER_SCHEMA'), 'utf8')))
  const sink = new Sink(redis, type, prefix, count)
  return sink
}

class Sink {
  startedAtMs = 0
  endedAtMs = 0
  stored = 0
  #redis
  #type
  #prefix
  #count
  #resolveAll = () => undefined
  /** Resolves when every order is in Redis. */
  all = new Promise((resolve) => (this.#resolveAll = resolve))

  constructor(redis, type, prefix, count) {
    this.#redis = redis
    this.#type = type
    this.#prefix = prefix
    this.#count = count
  }

  /** Writes orders by their message values; resolves when Redis has answered. */
  async write(values) {
    if (this.startedAtMs === 0) this.startedAtMs = now()
    if (values.length === 1) await this.#redis.set(...this.#entry(values[0]))
    else await this.#writeTogether(values)
    this.stored += values.length
    if (this.stored < this.#count || this.endedAtMs > 0) return
    this.endedAtMs = now()
    this.#resolveAll()
  }

  /** Ends the connection. */
  async close() {
    await this.#redis.quit()
  }

  async #writeTogether(values) {
    const pipeline = this.#redis.pipeline()
    for (const value of values) pipeline.set(...this.#entry(value))
    const answers = await pipeline.exec()
    for (const [error] of answers) if (error) throw error
  }

  #entry(value) {
    const order = this.#type.fromBuffer(value.subarray(HEADER_BYTES))
    return [`${this.#prefix}:${order.orderId}`, JSON.stringify(order)]
  }
}
