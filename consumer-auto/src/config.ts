import { consumerSettings, readSettings } from '@orders/platform/settings'
import { z } from 'zod'

/** Every setting of this service. */
export const configShape = {
  ...consumerSettings,
  KAFKA_GROUP_ID: z.string().default('consumer-auto'),
  AUTO_COMMIT: z
    .literal('true', {
      error: 'is not for this service: it commits by itself; consumer-batch is the one with false',
    })
    .default('true'),
  BATCH_SIZE: z
    .literal('1', {
      error: 'is not for this service: it commits every order; consumer-batch is the one with 10',
    })
    .default('1'),
  COMMIT_MODE: z
    .enum(['each', 'background'], {
      error: 'must be each (wait for the commit of every order) or background (by the clock)',
    })
    .default('each'),
}

export type Config = ReturnType<typeof readConfig>

/** Reads the settings; throws one `UserError` with every bad one. */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readSettings(configShape, env)
}
