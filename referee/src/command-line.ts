import { join } from 'node:path'
import {
  readClusterSettings,
  redisUrl,
  registryUrl,
  type ClusterSettings,
} from '@orders/cluster/settings'
import { parseFlags } from '@orders/platform/parse-flags'
import { UserError } from '@orders/platform/user-error'
import { Command, InvalidArgumentError } from 'commander'
import type { Sources } from './read-evidence.ts'

/** What the referee is asked. */
export interface RefereePlan {
  sources: Sources
  /** The run goes on: what is not finished is no violation. */
  isRunning: boolean
  waitMs: number
  jsonFile: string | null
  junitFile: string | null
}

interface Flags {
  ledger?: string[]
  topic?: string
  dlqTopic?: string
  autoGroup: string
  batchGroup: string
  autoCommits?: 'each' | 'background'
  batchSize?: number
  traceAuto?: string[]
  traceBatch?: string[]
  running?: boolean
  waitS: number
  json?: string
  junit?: string
}

type Environment = Record<string, string | undefined>

const BATCH_SIZE = 10
const BATCH_SIZE_MAX = 1_000
const WAIT_S = 60
const WAIT_S_MAX = 86_400
const MS_PER_SECOND = 1_000
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/

/** Reads the command line; null when it was only asked for help. Throws a `UserError`. */
export function readCommandLine(args: string[], env: Environment): RefereePlan | null {
  const command = describeCommand()
  return parseFlags(command, args) ? makePlan(command.opts<Flags>(), env) : null
}

function describeCommand(): Command {
  return new Command('npm run referee --')
    .description('Judges a run from outside: the one of the demo, where nothing else is said.')
    .option('--ledger <file...>', "the producers' ledgers (those of the demo)")
    .option('--topic <name>', 'the topic of the orders (KAFKA_TOPIC, or orders)')
    .option('--dlq-topic <name>', 'of the dead letters (KAFKA_DLQ_TOPIC, or orders.dlq)')
    .option('--auto-group <id>', 'group of consumer-auto', 'consumer-auto')
    .option('--auto-commits <when>', 'COMMIT_MODE of consumer-auto: each or background', commitMode)
    .option('--batch-group <id>', 'group of consumer-batch', 'consumer-batch')
    .option('--batch-size <n>', 'BATCH_SIZE of consumer-batch', whole(2, BATCH_SIZE_MAX))
    .option('--trace-auto <file...>', 'traces of consumer-auto, one of each process')
    .option('--trace-batch <file...>', 'traces of consumer-batch')
    .option('--running', 'the run goes on: nothing is waited for')
    .option('--wait-s <n>', 'how long the consumers may take', whole(0, WAIT_S_MAX), WAIT_S)
    .option('--json <file>', 'writes the verdict for machines')
    .option('--junit <file>', 'writes the verdict as a test report')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
}

function makePlan(flags: Flags, env: Environment): RefereePlan {
  const settings = readClusterSettings(env)
  return {
    sources: {
      settings,
      topic: topicOf(flags.topic ?? (env['KAFKA_TOPIC'] || 'orders')),
      dlqTopic: topicOf(flags.dlqTopic ?? (env['KAFKA_DLQ_TOPIC'] || 'orders.dlq')),
      ledgerFiles: flags.ledger ?? [ledgerOfDemo(settings)],
      registryUrl: (env['SCHEMA_REGISTRY_URL'] || registryUrl(settings)).replace(/\/+$/, ''),
      redisUrl: env['REDIS_URL'] || redisUrl(settings),
      consumers: consumersOf(flags, env),
    },
    isRunning: flags.running === true,
    waitMs: flags.waitS * MS_PER_SECOND,
    jsonFile: flags.json ?? null,
    junitFile: flags.junit ?? null,
  }
}

function consumersOf(flags: Flags, env: Environment): Sources['consumers'] {
  const batchSize = flags.batchSize ?? readBatchSize(env['BATCH_SIZE'] || `${BATCH_SIZE}`)
  const mode = flags.autoCommits ?? readCommitMode(env['COMMIT_MODE'] || 'each')
  const auto = { groupId: flags.autoGroup, traceFiles: flags.traceAuto ?? null }
  const batch = { groupId: flags.batchGroup, traceFiles: flags.traceBatch ?? null }
  return [
    { name: 'auto', commitEvery: mode === 'each' ? 1 : 0, ...auto },
    { name: 'batch', commitEvery: batchSize, ...batch },
  ]
}

function ledgerOfDemo({ directory }: ClusterSettings): string {
  return join(directory, 'ledger', 'orders.jsonl')
}

function topicOf(name: string): string {
  if (TOPIC.test(name)) return name
  throw new UserError(`"${name}" is no name of a topic`)
}

function readBatchSize(text: string): number {
  try {
    return whole(2, BATCH_SIZE_MAX)(text)
  } catch {
    throw new UserError(`BATCH_SIZE="${text}" must be a whole number from 2 to ${BATCH_SIZE_MAX}`)
  }
}

function readCommitMode(text: string): 'each' | 'background' {
  try {
    return commitMode(text)
  } catch {
    throw new UserError(`COMMIT_MODE="${text}" must be each or background`)
  }
}

function commitMode(text: string): 'each' | 'background' {
  if (text === 'each' || text === 'background') return text
  throw new InvalidArgumentError('It must be each or background.')
}

function whole(min: number, max: number) {
  return (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}
