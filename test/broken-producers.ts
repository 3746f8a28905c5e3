import type { Trial } from './broken-builds.ts'
import type { Patch } from './broken-copy.ts'
import { produce } from './broken-courses.ts'

const LANE = 'producer/src/lane.ts'
const PARCEL = 'producer/src/parcel.ts'
const SENDER = 'platform/src/kafka/sender.ts'
const SESSION = 'platform/src/kafka/producer-session.ts'

/** Every order is sent alone. */
const ALONE = { file: PARCEL, find: 'RECORDS_MAX = 2_000', replace: 'RECORDS_MAX = 1' }

/** Every order is sent alone, and the answers of brokers meet a fate by their number. */
function answers(fate: string): Patch[] {
  return [
    ALONE,
    {
      file: SESSION,
      find: "import type { Socket } from 'node:net'",
      replace:
        "import type { Socket } from 'node:net'\nimport { faultySockets } from './faulty-sockets.ts'\n" +
        'let answers = 0',
    },
    {
      file: SESSION,
      find: 'new SocketLedger(options.socketFactory)',
      replace: `new SocketLedger(faultySockets(() => { answers += 1; return ${fate} }))`,
    },
  ]
}

/** Mistakes in the producer. */
export const producerTrials: Trial[] = [
  {
    name: 'the producer loses answers of brokers',
    course: produce(),
    weather: answers("answers % 7 === 3 ? 'lose' : 'pass'"),
    builds: [
      {
        name: 'three sends are under way on one partition',
        flaggedBy: ['C1'],
        mistake: [
          {
            file: LANE,
            find: 'if (parcel.count > 0) await this.#deliver(parcel)',
            replace:
              'sends += 1\n' +
              '      const sent = parcel.count > 0 ? this.#deliver(parcel) : null\n' +
              '      if (sends % 3 === 0) await sent',
          },
          {
            file: LANE,
            find: 'const RETRY_FIRST_MS = 250',
            replace: 'const RETRY_FIRST_MS = 250\nlet sends = 0',
          },
          {
            file: SENDER,
            find: 'if (this.#busy.has(lane)) throw',
            replace: 'if (lane === null) throw',
          },
        ],
      },
    ],
  },
  {
    name: 'answers of brokers come without the partition',
    course: produce(),
    weather: answers("answers % 11 === 4 ? 'shorten' : 'pass'"),
    builds: [
      {
        name: 'an answer for another partition counts as an acknowledgement',
        flaggedBy: ['C1'],
        mistake: [
          {
            file: SENDER,
            find: 'return firstOffset(answer, topic, partition)',
            replace: 'return BigInt(answer[0]?.baseOffset ?? 0)',
          },
        ],
      },
    ],
  },
  {
    name: 'the producer dies before a send',
    course: produce('before-send:3:kill'),
    weather: [],
    builds: [
      {
        name: 'an order is acknowledged before it is sent',
        flaggedBy: ['C1'],
        mistake: [
          {
            file: LANE,
            find: "await passPoint('before-send')",
            replace:
              'this.#report.acknowledged(parcel, partition, 0n)\n' +
              '      await new Promise((resolve) => setTimeout(resolve, 300))\n' +
              "      await passPoint('before-send')",
          },
        ],
      },
    ],
  },
  {
    name: 'the producer sends what it has',
    course: produce(),
    weather: [],
    builds: [
      {
        name: 'the newest order goes first',
        flaggedBy: ['C4'],
        mistake: [
          ALONE,
          { file: LANE, find: 'this.#queue.push(parcel)', replace: 'this.#queue.unshift(parcel)' },
        ],
      },
    ],
  },
]
