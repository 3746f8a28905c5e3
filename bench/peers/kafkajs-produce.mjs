import { CompressionTypes, Partitioners } from 'kafkajs'
import { openKafka } from './kafkajs-client.mjs'
import { now, runPeer, versionOf } from './result.mjs'
import { readLoad, sendAll } from './send-all.mjs'
import { readSettings } from './settings.mjs'

/** kafkajs itself lets one idempotent request at a time through to each broker. */
const SENDS_MAX = 5
const ALL_REPLICAS = -1

await runPeer(async () => {
  const { topic, count } = readSettings()
  const load = readLoad()
  const producer = openKafka().producer({
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const startedAtMs = now()
  await sendAll(load, {
    sendsMax: SENDS_MAX,
    send: (messages) =>
      producer.send({
        topic,
        acks: ALL_REPLICAS,
        compression: CompressionTypes.None,
        messages,
      }),
  })
  const endedAtMs = now()
  await producer.disconnect()
  return { orders: count, startedAtMs, endedAtMs, versions: versionOf('kafkajs') }
})
