import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { now, runPeer, versionOf } from './result.mjs'
import { readLoad, sendAll } from './send-all.mjs'
import { readSettings } from './settings.mjs'

/** With two idempotent sends under way the brokers answer that their sequence is out of order. */
const SENDS_MAX = 1

await runPeer(async () => {
  const { topic, count, brokers } = readSettings()
  const load = readLoad()
  const producer = new Producer({
    clientId: 'peer-platformatic',
    bootstrapBrokers: brokers,
    idempotent: true,
    acks: ProduceAcks.ALL,
    // The one that agrees with Kafka's own clients on the partition of a key.
    partitioner: compatibilityPartitioner,
  })
  await producer.metadata({ topics: [topic] })
  const startedAtMs = now()
  await sendAll(load, {
    sendsMax: SENDS_MAX,
    send: (records) =>
      producer.send({ messages: records.map(({ key, value }) => ({ topic, key, value })) }),
  })
  const endedAtMs = now()
  await producer.close()
  return { orders: count, startedAtMs, endedAtMs, versions: versionOf('@platformatic/kafka') }
})
