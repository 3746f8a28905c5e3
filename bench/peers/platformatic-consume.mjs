import { Consumer } from '@platformatic/kafka'
import { openSink } from './redis-sink.mjs'
import { runPeer, versionOf } from './result.mjs'
import { need, readMode, readSettings } from './settings.mjs'
import { Workers } from './workers.mjs'

const MAX_WAIT_MS = 500
const SESSION_TIMEOUT_MS = 10_000
const HEARTBEAT_INTERVAL_MS = 2_000
/** Not known, and of no use to a commit. */
const LEADER_EPOCH = -1

await runPeer(async () => {
  const { topic, brokers } = readSettings()
  const sink = await openSink()
  const consumer = new Consumer({
    clientId: 'peer-platformatic',
    bootstrapBrokers: brokers,
    groupId: need('GROUP_ID'),
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    maxWaitTime: MAX_WAIT_MS,
    // Its own commits in the background count an order as done when it is handed out.
    autocommit: false,
  })
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
  })
  await new Promise((resolve, reject) => {
    stream.on('error', reject)
    const workers = makeWorkers({ sink, consumer, topic, stream, fail: reject })
    stream.on('data', (message) => workers.push(message))
    void sink.all.then(() => workers.finish()).then(resolve, reject)
  })
  await new Promise((resolve) => consumer.close(true, resolve))
  await sink.close()
  const { startedAtMs, endedAtMs, stored } = sink
  return { orders: stored, startedAtMs, endedAtMs, versions: versionOf('@platformatic/kafka') }
})

function makeWorkers({ sink, consumer, topic, stream, fail }) {
  return new Workers({
    mode: readMode(),
    sink,
    fail,
    source: { hold: () => stream.pause(), release: () => stream.resume() },
    commit: (nextOffsets) =>
      consumer.commit({
        offsets: [...nextOffsets].map(([partition, offset]) => {
          return { topic, partition, offset, leaderEpoch: LEADER_EPOCH }
        }),
      }),
  })
}
