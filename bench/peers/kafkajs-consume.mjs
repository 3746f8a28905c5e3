import { openKafka } from './kafkajs-client.mjs'
import { openSink } from './redis-sink.mjs'
import { runPeer, versionOf } from './result.mjs'
import { BACKGROUND_COMMIT_MS, need, readMode, readSettings } from './settings.mjs'

await runPeer(async () => {
  const { topic, partitions } = readSettings()
  const mode = readMode()
  const sink = await openSink()
  const consumer = openKafka().consumer({ groupId: need('GROUP_ID') })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const failed = new Promise((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  })
  await consumer.run({
    partitionsConsumedConcurrently: mode.isPerPartition ? partitions : 1,
    ...(mode.size === 1 ? oneByOne(mode, sink) : tenByTen(mode, sink, consumer, topic)),
  })
  await Promise.race([sink.all, failed])
  // Waits for what is in hand, the commit of the last order included.
  await consumer.disconnect()
  await sink.close()
  const { startedAtMs, endedAtMs, stored } = sink
  return { orders: stored, startedAtMs, endedAtMs, versions: versionOf('kafkajs') }
})

function oneByOne({ isBackground }, sink) {
  return {
    autoCommit: true,
    ...(isBackground ? { autoCommitInterval: BACKGROUND_COMMIT_MS } : { autoCommitThreshold: 1 }),
    eachMessage: ({ message }) => sink.write([message.value]),
  }
}

function tenByTen({ size, isPerPartition }, sink, consumer, topic) {
  const batches = new Map()
  return {
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
      const name = isPerPartition ? batch.partition : 0
      const ten = batches.get(name) ?? { count: 0, offsets: new Map() }
      batches.set(name, ten)
      for (let at = 0; at < batch.messages.length;) {
        if (!isRunning() || isStale()) return
        const inHand = batch.messages.slice(at, at + size - ten.count)
        at += inHand.length
        await sink.write(inHand.map(({ value }) => value))
        const { offset } = inHand.at(-1)
        resolveOffset(offset)
        ten.count += inHand.length
        ten.offsets.set(batch.partition, String(BigInt(offset) + 1n))
        if (ten.count === size) await commitTen(consumer, topic, ten)
        await heartbeat()
      }
    },
  }
}

async function commitTen(consumer, topic, ten) {
  const offsets = [...ten.offsets].map(([partition, offset]) => ({ topic, partition, offset }))
  await consumer.commitOffsets(offsets)
  ten.count = 0
  ten.offsets.clear()
}
