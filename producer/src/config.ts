import { PRODUCER_FAULT_POINTS } from '@orders/platform/fault-point'
import type { Compression } from '@orders/platform/kafka/compression'
import {
  faultPlan,
  readSettings,
  serviceSettings,
  wholeNumber,
  wholeNumberBetween,
} from '@orders/platform/settings'
import { z } from 'zod'
import { ORDER_BYTES_MAX } from './larger-orders.ts'

const INTERVAL_MS = 5_000
const INTERVAL_MAX_MS = 3_600_000
const COUNT = 100
const COUNT_MAX = 100_000_000
const SEND_RETRIES = 5
const SEND_TIMEOUT_MS = 14_000
const SEED_MAX = 2 ** 32 - 1

/** Every setting of this service. */
export const configShape = {
  ...serviceSettings,
  ORDER_INTERVAL_MS: wholeNumber(0, INTERVAL_MAX_MS, INTERVAL_MS),
  ORDER_COUNT: wholeNumber(0, COUNT_MAX, COUNT),
  ORDER_SEED: wholeNumberBetween(0, SEED_MAX).optional(),
  ORDER_BYTES: wholeNumber(0, ORDER_BYTES_MAX, 0),
  SEND_RETRIES: wholeNumber(0, 100, SEND_RETRIES),
  SEND_TIMEOUT_MS: wholeNumber(1_000, 120_000, SEND_TIMEOUT_MS),
  COMPRESSION: z
    .enum(['none', 'gzip'] satisfies Compression[], {
      error: 'must be none or gzip (smaller on the wire, more work here)',
    })
    .default('none'),
  LEDGER_FILE: z.string().default('data/ledger.jsonl'),
  LEDGER_SYNC: z
    .enum(['disk', 'system'], { error: 'must be disk, or system (not safe from a power failure)' })
    .default('disk'),
  WHEN_DONE: z
    .enum(['exit', 'stay'], { error: 'must be exit or stay (until it is stopped)' })
    .default('exit'),
  FAULT_POINT: faultPlan(PRODUCER_FAULT_POINTS),
  RUN_ID: z.uuid({ error: 'must be a UUID' }).optional(),
}

export type Config = ReturnType<typeof readConfig>

/** Reads the settings; throws one `UserError` with every bad one. */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readSettings(configShape, env)
}
