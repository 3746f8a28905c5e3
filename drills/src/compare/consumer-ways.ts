import { readPosition, type ConsumerName } from '@orders/platform/order-store'
import { effectsKey, revenueKey } from '../unsafe/plain-counters.ts'
import type { Lab } from './lab.ts'

/** What a consumer has in Redis. */
export interface ConsumerState {
  stored: Set<string>
  deliveries: number
  effects: number
}

/** One way to consume. */
export interface ConsumerWay {
  name: string
  path: string
  isSafe: boolean
  /** So many messages pass a crash point together. */
  messagesPerWrite: number
  teaches: string
  /** A number that grows with every write. */
  progress(lab: Lab, topic: string): Promise<number>
  /** The next offset by partition, by its own account; null where it keeps none but its commits. */
  reached: ((lab: Lab, topic: string) => Promise<Map<number, bigint>>) | null
  read(lab: Lab, topic: string): Promise<ConsumerState>
}

const BATCH_SIZE = 10
const PARTITIONS = [0, 1, 2, 3, 4]
const KEYS_PER_ROUND = 1_000

/** The two real consumers, and the ways that they avoid. */
export const CONSUMER_WAYS: readonly ConsumerWay[] = [
  {
    ...realConsumer('auto'),
    messagesPerWrite: 1,
    teaches:
      'Write, commit, next: after a crash one order comes again at most, and changes nothing.',
  },
  {
    ...realConsumer('batch'),
    messagesPerWrite: BATCH_SIZE,
    teaches: 'After a crash up to twenty come again; the write knows them, and nothing changes.',
  },
  {
    ...unsafeConsumer('commit-first'),
    teaches: 'Committed, not yet written, dead: nobody delivers that order again.',
  },
  {
    ...unsafeConsumer('plain-auto-commit'),
    teaches:
      'Commits when a fetch is done; all since then comes again, and counters count it again.',
  },
]

function realConsumer(name: ConsumerName) {
  const positions = ({ redis }: Lab, topic: string) =>
    Promise.all(PARTITIONS.map((partition) => readPosition(redis, topic, name, partition)))
  const sums = async (lab: Lab, topic: string) => {
    const all = await positions(lab, topic)
    const effects = all.reduce((sum, { stored }) => sum + stored, 0)
    return { effects, again: all.reduce((sum, { deliveredAgain }) => sum + deliveredAgain, 0) }
  }
  return {
    name: `consumer-${name}`,
    path: `consumer-${name}/src/main.ts`,
    isSafe: true,
    async progress(lab: Lab, topic: string): Promise<number> {
      const { effects, again } = await sums(lab, topic)
      return effects + again
    },
    async reached(lab: Lab, topic: string): Promise<Map<number, bigint>> {
      const all = await positions(lab, topic)
      return new Map(all.map(({ next }, partition) => [partition, next ?? 0n]))
    },
    async read(lab: Lab, topic: string): Promise<ConsumerState> {
      const stored = await readOrderIds(lab, `${topic}:${name}:`)
      const { effects, again } = await sums(lab, topic)
      return { stored, effects, deliveries: effects + again }
    },
  }
}

async function readOrderIds({ redis }: Lab, prefix: string): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: KEYS_PER_ROUND })) {
    for (const key of keys as string[]) found.add(key.slice(prefix.length))
  }
  return found
}

function unsafeConsumer(name: string) {
  return {
    name,
    path: `drills/src/unsafe/${name}.ts`,
    isSafe: false,
    messagesPerWrite: 1,
    async progress({ redis }: Lab, topic: string): Promise<number> {
      return Number((await redis.get(revenueKey(`${topic}:${name}`))) ?? 0)
    },
    reached: null,
    async read({ redis }: Lab, topic: string): Promise<ConsumerState> {
      const counts = await redis.hgetall(effectsKey(`${topic}:${name}`))
      const effects = Object.values(counts).reduce((sum, times) => sum + Number(times), 0)
      // The plain ways do not know a repeat: each delivery that reaches the write has its effect.
      return { stored: new Set(Object.keys(counts)), effects, deliveries: effects }
    },
  }
}
