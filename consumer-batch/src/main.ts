import { connectConsumer } from '@orders/platform/consumer-parts'
import { createLogger } from '@orders/platform/logger'
import { OrderLines } from '@orders/platform/order-lines'
import { runMain, runService } from '@orders/platform/service'
import { loadEnvFile } from '@orders/platform/settings'
import { readConfig } from './config.ts'
import { BatchHandler } from './handle-delivery.ts'

await runMain(async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const log = createLogger({
    name: 'consumer-batch',
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
  })
  await runService({ log, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS }, async (service) => {
    const { KAFKA_GROUP_ID, KAFKA_TOPIC, BATCH_SIZE, WORKERS } = config
    const scope = WORKERS === 'one' ? 'all' : 'partition'
    const ofEach = scope === 'partition' ? ' of each partition' : ''
    log.info(
      `group ${KAFKA_GROUP_ID} on ${KAFKA_TOPIC}: commits by hand every ${BATCH_SIZE}${ofEach}`,
    )
    const handler = new BatchHandler(BATCH_SIZE, scope, new OrderLines(log))
    const { consumer, intake } = await connectConsumer('batch', config, service, log, () =>
      handler.drop(),
    )
    consumer.start(handler.handleWith(intake))
  })
})
