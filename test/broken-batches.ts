import type { Trial } from './broken-builds.ts'
import { dieAt, joinedByAnother, readAll } from './broken-courses.ts'

const BATCH = 'consumer-batch/src/handle-delivery.ts'
const COLLECTING = 'consumer-batch/src/batch.ts'

/** Mistakes in consumer-batch. */
export const batchTrials: Trial[] = [
  {
    name: 'consumer-batch reads everything',
    course: readAll('batch'),
    weather: [],
    builds: [
      {
        name: 'offsets are committed without the one more',
        flaggedBy: ['C8'],
        mistake: [
          { file: BATCH, find: 'inHand.length, last + 1n)', replace: 'inHand.length, last)' },
        ],
      },
      {
        name: 'nine are enough for a commit',
        flaggedBy: ['C8'],
        mistake: [
          { file: COLLECTING, find: 'return count === size', replace: 'return count === size - 1' },
          { file: COLLECTING, find: 'return size - count', replace: 'return size - 1 - count' },
        ],
      },
    ],
  },
  {
    name: 'commits take their time',
    course: readAll('batch', { orders: 300 }),
    weather: [
      {
        file: 'platform/src/kafka/delivery.ts',
        find: 'await membership.committing()',
        replace:
          'await membership.committing()\n' +
          '    await new Promise((resolve) => setTimeout(resolve, 50))',
      },
    ],
    builds: [
      {
        name: 'a commit does not wait for the answer to the one before',
        flaggedBy: ['C8'],
        mistake: [
          { file: BATCH, find: 'await worker.commit\n        if', replace: 'if' },
          { file: COLLECTING, find: 'if (due !== null) throw', replace: 'if (open === due) throw' },
        ],
      },
      {
        name: 'what is collected meanwhile is committed with the ten',
        flaggedBy: ['C8'],
        mistake: [
          {
            file: BATCH,
            find: 'await delivery.commit(nextOffsets)',
            replace:
              'await new Promise((resolve) => setTimeout(resolve, 50))\n' +
              '        const { open } = worker.uncommitted\n' +
              '        await delivery.commit(new Map([...nextOffsets, ...open.nextOffsets]))',
          },
        ],
      },
    ],
  },
  {
    name: 'consumer-batch dies after a commit',
    course: dieAt('batch', 'after-commit:1:kill'),
    weather: [],
    builds: [
      {
        name: 'the whole delivery is committed at the tenth',
        flaggedBy: ['C2', 'C5', 'C8'],
        mistake: [
          {
            file: BATCH,
            find: 'await delivery.commit(nextOffsets)',
            replace:
              'const end = (delivery.messages.at(-1)?.offset ?? 0n) + 1n\n' +
              '        await delivery.commit(new Map(nextOffsets).set(delivery.partition, end))',
          },
        ],
      },
    ],
  },
  {
    name: 'another member joins while consumer-batch has collected seven',
    course: joinedByAnother,
    weather: [],
    builds: [
      {
        name: 'what was collected is kept over the change of the group',
        flaggedBy: ['C6', 'C8'],
        mistake: [
          {
            file: BATCH,
            find: 'they come again`)\n    }\n    this.#workers.clear()',
            replace: 'they are kept`)\n    }',
          },
          {
            file: COLLECTING,
            find: 'if (before !== undefined && next <= before) {',
            replace: 'if (before === -1n) {',
          },
          {
            file: 'platform/src/kafka/delivery.ts',
            find: '!membership.owns(id)',
            replace: 'id < 0',
          },
        ],
      },
    ],
  },
]
