import { commitsOf, endsOf } from './commits.mjs'
import { openKafka } from './kafkajs-client.mjs'
import { now, runPeer, versionOf } from './result.mjs'
import { need, readMode, readSettings } from './settings.mjs'

/** So many commits go before, for each that is measured: a program compiles while it begins. */
const COMMITS_BEFORE = 0.2

await runPeer(async () => {
  const { topic, count, partitions } = readSettings()
  const commits = [...commitsOf(readMode(), endsOf(count, partitions))]
  const consumer = openKafka().consumer({ groupId: need('GROUP_ID') })
  await joinPaused(consumer, topic)
  const commit = (nextOffsets) => {
    const offsets = [...nextOffsets].map(([partition, next]) => {
      return { topic, partition, offset: String(next) }
    })
    return consumer.commitOffsets(offsets)
  }
  const [first] = commits
  const start = new Map([...first.keys()].map((partition) => [partition, 0]))
  for (let i = 0; i < commits.length * COMMITS_BEFORE; i += 1) await commit(start)
  const startedAtMs = now()
  for (const nextOffsets of commits) await commit(nextOffsets)
  const endedAtMs = now()
  await consumer.disconnect()
  return { orders: count, startedAtMs, endedAtMs, versions: versionOf('kafkajs') }
})

/** A member of the group that owns all partitions and reads nothing. */
async function joinPaused(consumer, topic) {
  const joined = new Promise((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, resolve)
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: () => Promise.resolve(),
  })
  consumer.pause([{ topic }])
  await joined
}
