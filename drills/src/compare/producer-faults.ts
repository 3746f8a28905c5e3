import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brokerDataFolder } from '@orders/cluster/broker-properties'
import { pause } from '@orders/platform/patience'
import type { Lab } from './lab.ts'
import { realProducer, unsafeProducer, type ProducerWay } from './producer-ways.ts'

/** A fault that all producers of one round suffer at the same moment. */
export interface ProducerFault {
  name: string
  ways: ProducerWay[]
  /** Does it to the broker that leads everything; gives the moment of its death. */
  inject(lab: Lab, leader: number, topics: string[]): Promise<number>
}

/** Below the 9 s after which a controller gives up a broker that says nothing. */
const AHEAD_MS = 2_500

const CONCURRENT = unsafeProducer(
  'concurrent-idempotent',
  'A lost answer can give its number to the next order: acknowledged, never written.',
)

const aheadOfFollowers: ProducerFault = {
  name: 'the leader dies ahead of its followers',
  ways: [
    realProducer({
      name: 'producer',
      isSafe: true,
      replicas: 3,
      teaches:
        'acks=all: what followers lack is not acknowledged and goes again, at worst twice on the log.',
    }),
    unsafeProducer('acks-one', 'The leader alone said yes, and took it to its grave.'),
    CONCURRENT,
  ],
  async inject({ brokers, signal }, leader) {
    const followers = brokers.ids.filter((id) => id !== leader)
    followers.forEach((id) => brokers.freeze(id))
    await pause(AHEAD_MS, signal)
    await brokers.kill(leader)
    const diedAtMs = Date.now()
    brokers.thawAll()
    return diedAtMs
  },
}

const emptyDisk: ProducerFault = {
  name: 'a broker dies and comes back with an empty disk',
  ways: [
    realProducer({
      name: 'producer',
      isSafe: true,
      replicas: 3,
      teaches: 'Two other brokers have it all, and copy it back.',
    }),
    realProducer({
      name: 'producer, one replica',
      isSafe: false,
      replicas: 1,
      teaches: 'The safest producer is no help when the only copy goes.',
    }),
    CONCURRENT,
  ],
  async inject({ brokers, settings }, leader, topics) {
    await brokers.kill(leader)
    const diedAtMs = Date.now()
    const disk = brokerDataFolder(settings, leader)
    for (const name of readdirSync(disk)) {
      const isOurs = topics.some((topic) => name.replace(/-\d+$/, '') === topic)
      if (isOurs) rmSync(join(disk, name), { recursive: true })
    }
    return diedAtMs
  },
}

/** The rounds of producers, in their order. */
export const PRODUCER_FAULTS: readonly ProducerFault[] = [aheadOfFollowers, emptyDisk]
