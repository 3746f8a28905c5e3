import { consume } from './consume.ts'
import { readFaultPoint } from './environment.ts'
import { countOrder } from './plain-counters.ts'

// Unsafe: the offset is committed before the order is written. Whoever dies in between has told
// Kafka that it has the order, and nobody delivers it again.
await consume('commit-first', async ({ consumer, redis, topic, prefix }) => {
  const pass = readFaultPoint()
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      await pass('before-commit')
      const next = String(BigInt(message.offset) + 1n)
      await consumer.commitOffsets([{ topic, partition, offset: next }])
      await pass('after-commit')
      await pass('before-write')
      await countOrder(redis, prefix, message.value)
      await pass('after-write')
    },
  })
})
