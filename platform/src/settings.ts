import { config as loadDotenv } from 'dotenv'
import { z } from 'zod'
import { CONSUMER_FAULT_POINTS, parseFaultPlan } from './fault-point.ts'
import { UserError } from './user-error.ts'

const SHUTDOWN_TIMEOUT_MS = 9_000
const STARTUP_TIMEOUT_MS = 60_000
const OUTAGE_TIMEOUT_MS = 15 * 60_000

/** A whole number between two bounds, from the text of an environment variable. */
export function wholeNumberBetween(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

/** The same with a default. */
export function wholeNumber(min: number, max: number, fallback: number) {
  return wholeNumberBetween(min, max).default(fallback)
}

const brokerList = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .refine(
    (brokers) => brokers.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker)),
    'must be a list such as localhost:29092,localhost:39092',
  )

const topicName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'must be a topic name: letters, digits, dots, dashes')

const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http address' })
  .transform((url) => url.replace(/\/+$/, ''))

/** A crash that a drill has ordered: at which passage of which point, and what happens there. */
export function faultPlan(points: readonly string[]) {
  return z
    .string()
    .transform((text, context) => {
      const plan = parseFaultPlan(text, points)
      if (plan) return plan
      const message = `must be such as ${points[0]}:1:kill or ${points[0]}:1:stall-5000, with one of ${points.join(', ')}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .optional()
}

/** The settings that every service has. */
export const serviceSettings = {
  KAFKA_BROKERS: brokerList.prefault('localhost:29092,localhost:39092,localhost:49092'),
  KAFKA_TOPIC: topicName.default('orders'),
  SCHEMA_REGISTRY_URL: webAddress.prefault('http://localhost:8081/apis/ccompat/v7'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .default('info'),
  LOG_FORMAT: z
    .enum(['pretty', 'json'], { error: 'must be pretty (for people) or json (for machines)' })
    .default('pretty'),
  STARTUP_TIMEOUT_MS: wholeNumber(1_000, 3_600_000, STARTUP_TIMEOUT_MS),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(1_000, 60_000, SHUTDOWN_TIMEOUT_MS),
  HEALTH_FILE: z.string().optional(),
}

/** The settings that both consumers have besides. */
export const consumerSettings = {
  ...serviceSettings,
  KAFKA_DLQ_TOPIC: topicName.default('orders.dlq'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// address' })
    .default('redis://localhost:6379'),
  WORKERS: z
    .enum(['one', 'partition'], {
      error: 'must be one (for all partitions) or partition (a worker for each)',
    })
    .default('one'),
  OUTAGE_TIMEOUT_MS: wholeNumber(1_000, 86_400_000, OUTAGE_TIMEOUT_MS),
  TRACE_FILE: z.string().optional(),
  FAULT_POINT: faultPlan(CONSUMER_FAULT_POINTS),
}

/** Takes variables from a `.env` file in the working folder; those already set win. */
export function loadEnvFile(): void {
  loadDotenv({ quiet: true })
}

/**
 * Reads the settings of a service out of its environment. An empty variable counts as unset.
 * Throws one `UserError` that lists every bad variable at once.
 */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  if (filled['NODE_ENV'] === 'production' && filled['FAULT_POINT'] !== undefined) {
    throw new UserError('bad settings: FAULT_POINT is for drills: unset it, or NODE_ENV=production')
  }
  const result = z.object(shape).safeParse(filled)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => explain(String(issue.path[0]), issue, filled))
  throw new UserError(`bad settings: ${problems.join('; ')}`)
}

function explain(name: string, issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const value = env[name]
  return `${name}${value === undefined ? '' : `="${value}"`} ${issue.message}`
}
