import { randomUUID } from 'node:crypto'
import type { RedisClient } from './redis.ts'

/** Where a message was found. */
export interface Place {
  topic: string
  partition: number
  offset: bigint
  /** Tells this message from another at the same place of a topic that was deleted and made again. */
  mark: string
}

/**
 * What a claim found. `ours`: nobody has sent it. `doubtful`: somebody began to send it and was
 * not heard of again. `busy`: somebody is sending it now. `done`: it is on the dead-letter topic.
 */
export type Claim = 'ours' | 'doubtful' | 'busy' | 'done'

/** Longer than any send may take, so that the one who had it is certainly through or dead. */
const LEASE_MS = 30_000

const CLAIM = `
local state = redis.call('HMGET', KEYS[1], 'state', 'owner', 'claimedUntil', 'mark')
if state[4] and state[4] ~= ARGV[3] then
  redis.call('DEL', KEYS[1])
  state = {}
end
if state[1] == 'sent' then return 'done' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if state[1] and state[2] ~= ARGV[1] and tonumber(state[3]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'state', 'sending', 'owner', ARGV[1], 'claimedUntil', now + ARGV[2],
  'mark', ARGV[3],
  'claimedAt', state[1] and redis.call('HGET', KEYS[1], 'claimedAt') or now, unpack(ARGV, 4))
return state[1] and 'doubtful' or 'ours'
`

interface ScriptedRedis {
  claimDeadLetter(key: string, ...args: (string | number)[]): Promise<Claim>
}

/**
 * Sees to it that two groups, or one group twice, send a bad message only once. The record of each
 * stays in Redis under `<dlq topic>:<topic>:<partition>:<offset>`, readable by a person; two topics
 * may share their dead letters.
 */
export class DeadLetterClaims {
  readonly #redis: RedisClient & ScriptedRedis
  readonly #dlqTopic: string
  readonly #owner = randomUUID()

  constructor(redis: RedisClient, dlqTopic: string) {
    redis.defineCommand('claimDeadLetter', { numberOfKeys: 1, lua: CLAIM })
    this.#redis = redis as RedisClient & ScriptedRedis
    this.#dlqTopic = dlqTopic
  }

  /** Claims a bad message; `facts` are kept beside the claim for people. */
  claim(place: Place, facts: Record<string, string>): Promise<Claim> {
    const flat = Object.entries({ ...facts, topic: place.topic }).flat()
    const key = this.#key(place)
    return this.#redis.claimDeadLetter(key, this.#owner, LEASE_MS, place.mark, ...flat)
  }

  /** When the first claim of a message was made, in ms. */
  async claimedAt(place: Place): Promise<number> {
    return Number((await this.#redis.hget(this.#key(place), 'claimedAt')) ?? 0)
  }

  /** Records where on the dead-letter topic a message is now. */
  async settle(place: Place, dlqPartition: number, dlqOffset: bigint): Promise<void> {
    await this.#redis.hset(this.#key(place), {
      state: 'sent',
      dlqPartition,
      dlqOffset: String(dlqOffset),
    })
  }

  #key({ topic, partition, offset }: Place): string {
    return `${this.#dlqTopic}:${topic}:${partition}:${offset}`
  }
}
