import { consumerSettings, readSettings, wholeNumber } from '@orders/platform/settings'
import { z } from 'zod'

const BATCH_SIZE = 10
const BATCH_SIZE_MIN = 2
const BATCH_SIZE_MAX = 1_000

/** Every setting of this service. */
export const configShape = {
  ...consumerSettings,
  KAFKA_GROUP_ID: z.string().default('consumer-batch'),
  AUTO_COMMIT: z
    .literal('false', {
      error: 'is not for this service: it commits by hand; consumer-auto is the one with true',
    })
    .default('false'),
  BATCH_SIZE: wholeNumber(BATCH_SIZE_MIN, BATCH_SIZE_MAX, BATCH_SIZE),
}

export type Config = ReturnType<typeof readConfig>

/** Reads the settings; throws one `UserError` with every bad one. */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readSettings(configShape, env)
}
