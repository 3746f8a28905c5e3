import type { ClusterSettings } from '@orders/cluster/settings'
import type { Circumstances } from '@orders/referee/evidence'
import type { Redis } from 'ioredis'
import type { Brokers } from './brokers.ts'
import type { Links } from './links.ts'
import type { Pulse } from './pulse.ts'
import type { Random } from './random.ts'
import type { Service } from './service.ts'

/** How much of a drill is done: each fault once, ten times, or as often as a release wants. */
export type Tier = 'smoke' | 'nightly' | 'release'

/** The two consumers by the name under which they keep their orders. */
export type ConsumerName = 'auto' | 'batch'

/** How many processes there are, and how fast orders come. */
export interface Load {
  producers: number
  /** Of each consumer group. */
  members: number
  /** Of all producers together. */
  ordersPerSecond: number
}

/** A fault that is done to real parts while orders flow, and what is expected of it. */
export interface Drill {
  name: string
  /** As in the catalogue of faults: `F1`. */
  fault: string
  /** What is broken, in one sentence. */
  title: string
  /** What a person should see, and why. */
  expect: string
  injections: Record<Tier, number>
  /** Where this drill needs another load than the usual one. */
  load?: Partial<Load>
  /** After the end of a fault everything that was tried by then is acknowledged and stored. */
  recoverWithinMs: number
  /** The longest stretch in which nothing is acknowledged or stored; null when it is expected. */
  gapWithinMs: number | null
  circumstances?: Partial<Circumstances>
  /** Done once before the load begins, when topic and groups are there. */
  prepare?(arena: Arena): Promise<void>
  /** Does the fault once and ends it; recovery is waited for by the caller. */
  inject(arena: Arena, random: Random): Promise<Injection>
  /** What else must be so at the end: sentences about what is not. */
  check?(arena: Arena): Promise<string[]>
}

/** What one injection has done. */
export interface Injection {
  /** What was done to what, with its parameters. */
  what: string
  /** What shows that it had an effect; null when it had none, and the injection is void. */
  bite: string | null
  startedAtMs: number
  /** When the fault was over; from here on recovery is measured. */
  endedAtMs: number
}

/** Everything that a drill can reach. */
export interface Arena {
  settings: ClusterSettings
  topic: string
  dlqTopic: string
  /** For the files of this drill: ledgers, traces, logs. */
  folder: string
  groupOf(name: ConsumerName): string
  /** Straight to Redis, past the link. */
  redis: Redis
  brokers: Brokers
  /** Between the services and Kafka, Redis, the registry; faults of the network live here. */
  links: Links
  producers: Service[]
  members(name: ConsumerName): Service[]
  /** Starts one more member; `env` goes before what the arena says. */
  addMember(name: ConsumerName, env?: Record<string, string>): Service
  addProducer(env?: Record<string, string>): Service
  pulse: Pulse
  say(line: string): void
  signal: AbortSignal
}
