import { consumerSettings, readSettings, wholeNumber } from '@orders/platform/settings'
import { UserError } from '@orders/platform/user-error'
import { z } from 'zod'

/** A write is one script, and Redis does nothing else while it runs: about 1 ms for so many. */
const WRITE_SIZE_MAX = 100

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
  WRITE_SIZE: wholeNumber(1, WRITE_SIZE_MAX, 1),
}

export type Config = ReturnType<typeof readConfig>

/** Reads the settings; throws one `UserError` with every bad one. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const config = readSettings(configShape, env)
  const { COMMIT_MODE, WRITE_SIZE } = config
  if (COMMIT_MODE === 'each' && WRITE_SIZE > 1) {
    throw new UserError(
      `bad settings: WRITE_SIZE="${WRITE_SIZE}" must be 1 where every order is committed before ` +
        'the next: leave it out, or set COMMIT_MODE=background',
    )
  }
  return config
}
