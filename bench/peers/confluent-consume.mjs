import Kafka from '@confluentinc/kafka-javascript'
import { openSink } from './redis-sink.mjs'
import { runPeer, versionOf } from './result.mjs'
import { need, readMode, readSettings } from './settings.mjs'
import { Workers } from './workers.mjs'

const MESSAGES_PER_CONSUME = 1_000
/** Also how long the event of a commit may wait, so it is short. */
const CONSUME_TIMEOUT_MS = 5

await runPeer(async () => {
  const { topic } = readSettings()
  const mode = readMode()
  const sink = await openSink()
  const consumer = await openConsumer()
  const commit = mode.isPerPartition ? waitingCommit(consumer, topic) : syncCommit(consumer, topic)
  await new Promise((resolve, reject) => {
    // Without `hold`: what waits is bounded by the count of the run, and consuming has to go on,
    // because it is what brings the answers to commits.
    const workers = new Workers({ mode, sink, commit, fail: reject })
    let isDone = false
    const next = () => {
      if (isDone) return
      consumer.consume(MESSAGES_PER_CONSUME, (error, messages) => {
        if (error) return reject(error)
        for (const message of messages) workers.push(message)
        setImmediate(next)
      })
    }
    consumer.subscribe([topic])
    next()
    void sink.all
      .then(() => workers.finish())
      .then(() => {
        isDone = true
        resolve()
      }, reject)
  })
  await new Promise((resolve) => consumer.disconnect(resolve))
  await sink.close()
  const { startedAtMs, endedAtMs, stored } = sink
  const versions = versionOf('@confluentinc/kafka-javascript')
  return { orders: stored, startedAtMs, endedAtMs, versions }
})

async function openConsumer() {
  const consumer = new Kafka.KafkaConsumer(
    {
      'client.id': 'peer-confluent',
      'metadata.broker.list': readSettings().brokers.join(','),
      'group.id': need('GROUP_ID'),
      'enable.auto.commit': false,
      offset_commit_cb: true,
    },
    { 'auto.offset.reset': 'earliest' },
  )
  consumer.setDefaultConsumeTimeout(CONSUME_TIMEOUT_MS)
  consumer.setDefaultIsTimeoutOnlyForFirstMessage(true)
  await new Promise((resolve, reject) => {
    consumer.connect({}, (error) => (error ? reject(error) : resolve()))
  })
  return consumer
}

function placesOf(topic, nextOffsets) {
  return [...nextOffsets].map(([partition, offset]) => {
    return { topic, partition, offset: Number(offset) }
  })
}

/** Blocks the process until the broker has answered: nobody else has anything to do meanwhile. */
function syncCommit(consumer, topic) {
  return (nextOffsets) => {
    consumer.commitSync(placesOf(topic, nextOffsets))
    return Promise.resolve()
  }
}

/** Not `commitCb`: that answers when the commit is queued, before the broker has seen it. */
function waitingCommit(consumer, topic) {
  const waiting = new Map()
  consumer.on('offset.commit', (error, places) => {
    for (const { partition, error: own } of places ?? []) {
      const wait = waiting.get(partition)
      waiting.delete(partition)
      if (error || own) wait?.reject(error || own)
      else wait?.resolve()
    }
  })
  return async (nextOffsets) => {
    const places = placesOf(topic, nextOffsets)
    const answers = places.map(({ partition }) => {
      return new Promise((resolve, reject) => waiting.set(partition, { resolve, reject }))
    })
    consumer.commit(places)
    await Promise.all(answers)
  }
}
