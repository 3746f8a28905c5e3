import { consume } from './consume.ts'
import { readFaultPoint } from './environment.ts'
import { countOrder } from './plain-counters.ts'

// Unsafe: the library's default auto commit has no timer. Without a threshold or an interval it
// commits at the end of what one fetch has brought, and a plain counter counts a repeat again.
await consume('plain-auto-commit', async ({ consumer, redis, prefix }) => {
  const pass = readFaultPoint()
  await consumer.run({
    eachMessage: async ({ message }) => {
      await pass('before-write')
      await countOrder(redis, prefix, message.value)
      await pass('after-write')
    },
  })
})
