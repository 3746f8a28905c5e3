import { connectConsumer } from '@orders/platform/consumer-parts'
import { createLogger } from '@orders/platform/logger'
import { OrderLines } from '@orders/platform/order-lines'
import { runMain, runService } from '@orders/platform/service'
import { loadEnvFile } from '@orders/platform/settings'
import { readConfig } from './config.ts'
import { commitEach, commitInBackground } from './handle-delivery.ts'

await runMain(async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const log = createLogger({
    name: 'consumer-auto',
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
  })
  await runService({ log, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS }, async (service) => {
    const { KAFKA_GROUP_ID, KAFKA_TOPIC, COMMIT_MODE, WRITE_SIZE } = config
    const when = COMMIT_MODE === 'each' ? 'after every order' : 'in the background'
    log.info(`group ${KAFKA_GROUP_ID} on ${KAFKA_TOPIC}: commits ${when}`)
    const { consumer, intake } = await connectConsumer('auto', config, service, log, () => {})
    const lines = new OrderLines(log)
    consumer.start(
      COMMIT_MODE === 'each'
        ? commitEach(intake, lines)
        : commitInBackground(intake, lines, WRITE_SIZE),
    )
  })
})
