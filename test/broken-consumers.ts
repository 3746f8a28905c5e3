import type { Trial } from './broken-builds.ts'
import { behindAnOddProxy, dieAt, readAll, withoutARedisAnswer } from './broken-courses.ts'

const AUTO = 'consumer-auto/src/handle-delivery.ts'
const INTAKE = 'platform/src/order-intake.ts'
const STORE = 'platform/src/order-store.ts'

const TAKE = 'const taken = await intake.take(delivery, messages)'
const RESOLVE = 'for (const { offset } of messages) delivery.resolve(offset)'

/** Mistakes in consumer-auto, and in what both consumers share. */
export const consumerTrials: Trial[] = [
  {
    name: 'consumer-auto reads everything',
    course: readAll('auto'),
    weather: [],
    builds: [
      {
        name: 'the commit is not waited for',
        flaggedBy: ['C7'],
        mistake: [{ file: AUTO, find: 'await committed\n', replace: 'void committed\n' }],
      },
      {
        name: 'orders are counted instead of deduplicated',
        flaggedBy: ['C3'],
        mistake: [{ file: STORE, find: '  if count then', replace: '  if count == 0 then' }],
      },
      {
        name: 'every order is written twice, under two tokens',
        flaggedBy: ['C3'],
        mistake: [
          {
            file: INTAKE,
            find: 'const write = this.#options.store.prepare(reading, Date.now())',
            replace:
              'const once = () => this.#options.store.prepare(reading, Date.now())()\n' +
              '    const write = () => once().then(once)',
          },
        ],
      },
      {
        name: 'every 37th order is dropped',
        flaggedBy: ['C2'],
        mistake: [
          {
            file: INTAKE,
            find: "if (verdict.kind === 'order') placed.push(",
            replace:
              'count += 1\n' +
              "      if (verdict.kind === 'order' && count % 37 === 0) continue\n" +
              "      if (verdict.kind === 'order') placed.push(",
          },
          {
            file: INTAKE,
            find: '/** Redis and Kafka fail in many ways',
            replace: 'let count = 0\n\n/** Redis and Kafka fail in many ways',
          },
        ],
      },
      {
        name: 'it begins at the end of the log',
        flaggedBy: ['C2', 'C11'],
        mistake: [
          {
            file: 'platform/src/kafka/group-consumer.ts',
            find: 'fromBeginning: true',
            replace: 'fromBeginning: false',
          },
        ],
      },
      {
        name: 'a bad message is an error',
        flaggedBy: ['C9', 'C11'],
        mistake: [
          { file: INTAKE, find: 'else bad.push({', replace: "else throw new Error('bad', {" },
        ],
      },
      {
        name: 'a dead letter has other bytes',
        flaggedBy: ['C9'],
        mistake: [
          {
            file: 'platform/src/dead-letters.ts',
            find: '{ key, value, headers: {',
            replace: '{ key, value: Buffer.from(`${value?.toString()} `), headers: {',
          },
        ],
      },
    ],
  },
  {
    name: 'consumer-auto dies before a write',
    course: dieAt('auto', 'before-write:20:kill'),
    weather: [],
    builds: [
      {
        name: 'the commit comes before the write',
        flaggedBy: ['C2', 'C5', 'C7'],
        mistake: [
          {
            file: AUTO,
            find: TAKE,
            replace: `${RESOLVE}\n  await delivery.commitResolved()\n  ${TAKE}`,
          },
          {
            file: AUTO,
            find: 'const committed = delivery.commitResolved()',
            replace: 'const committed = Promise.resolve()',
          },
        ],
      },
    ],
  },
  {
    name: 'consumer-auto dies after its first commit, of a bad message',
    course: dieAt('auto', 'after-commit:1:kill'),
    weather: [],
    builds: [
      {
        name: 'a dead letter is not waited for',
        flaggedBy: ['C9'],
        mistake: [
          {
            file: INTAKE,
            find: 'for (const one of bad) await this.#bury(delivery, one)',
            replace:
              'for (const one of bad) setTimeout(() => void this.#bury(delivery, one), 3_000)',
          },
        ],
      },
    ],
  },
  {
    name: 'something answers 404 in the place of the registry',
    course: behindAnOddProxy,
    weather: [],
    builds: [
      {
        name: 'whatever the registry says means that there is no such schema',
        flaggedBy: ['C9'],
        mistake: [
          {
            file: 'platform/src/schema-registry.ts',
            find: 'if (status === NOT_FOUND && error_code === SCHEMA_NOT_FOUND)',
            replace: 'if (status !== OK)',
          },
        ],
      },
    ],
  },
  {
    name: 'an answer of Redis is lost',
    course: withoutARedisAnswer,
    weather: [],
    builds: [
      {
        name: 'a write has no token',
        flaggedBy: ['C3'],
        mistake: [
          {
            file: STORE,
            find: 'local repeated = position[2] == ARGV[1]',
            replace: 'local repeated = false',
          },
        ],
      },
      {
        name: 'a write is a MULTI',
        flaggedBy: ['C3'],
        mistake: [
          {
            file: STORE,
            find: 'return async () => asOutcome(await this.#redis.writeOrders(keys.length + 1, ...args))',
            replace: `return async () => {
      const multi = this.#redis.multi()
      const named = rows.map((row) => row.flatMap((value, i) => [ORDER_FIELDS[i] ?? '', value]))
      keys.forEach((key, i) => multi.hincrby(key, 'deliveries', 1).hset(key, ...(named[i] ?? [])))
      multi.hset(String(args[0]), 'next', String(reading.next))
      multi.hincrby(String(args[0]), 'stored', keys.length)
      multi.hincrby(String(args[0]), 'deadLettered', reading.deadLettered)
      await multi.exec()
      return { kind: 'written', deliveries: keys.map(() => 1) }
    }`,
          },
        ],
      },
    ],
  },
]
