import { setImmediate as nextTurn } from 'node:timers/promises'
import Kafka from '@confluentinc/kafka-javascript'
import { now, runPeer, versionOf } from './result.mjs'
import { readLoad } from './send-all.mjs'
import { readSettings } from './settings.mjs'

const LINGER_MS = 5
const POLL_MS = 5
const QUEUE_MAX = 500_000
const QUEUE_BYTES_MAX = 256 * 1024 * 1024
/** So many are handed over in a row before answers get their turn. */
const PER_TURN = 1_000

await runPeer(async () => {
  const { topic, count, brokers } = readSettings()
  const load = readLoad()
  const producer = new Kafka.Producer({
    'client.id': 'peer-confluent',
    'metadata.broker.list': brokers.join(','),
    'enable.idempotence': true,
    acks: -1,
    'linger.ms': load.rate > 0 ? 0 : LINGER_MS,
    'queue.buffering.max.messages': QUEUE_MAX,
    // The one that agrees with Kafka's own clients on the partition of a key.
    partitioner: 'murmur2_random',
    dr_cb: true,
  })
  await connect(producer)
  producer.setPollInterval(POLL_MS)
  const startedAtMs = now()
  await produceAll(producer, topic, load)
  const endedAtMs = now()
  await new Promise((resolve) => producer.disconnect(resolve))
  const versions = versionOf('@confluentinc/kafka-javascript')
  return { orders: count, startedAtMs, endedAtMs, versions }
})

function connect(producer) {
  return new Promise((resolve, reject) => {
    producer.once('event.error', reject)
    producer.connect({}, (error) => (error ? reject(error) : resolve()))
  })
}

async function produceAll(producer, topic, load) {
  const queueMax = Math.min(QUEUE_MAX, Math.floor(QUEUE_BYTES_MAX / Math.max(load.bytes, 1)))
  let answered = 0
  let failure = null
  const all = new Promise((resolve, reject) => {
    producer.on('delivery-report', (error) => {
      if (error) reject((failure = error))
      answered += 1
      if (answered === load.count) resolve()
    })
  })
  all.catch(() => undefined)
  let sent = 0
  for await (const _ of load.turns()) {
    while (load.hasDue && failure === null) {
      const isFull = sent - answered >= queueMax
      if (isFull || sent % PER_TURN === 0) await nextTurn()
      if (isFull) continue
      const [{ key, value }] = load.take(1)
      producer.produce(topic, null, value, key)
      sent += 1
    }
  }
  await all
}
