import { randomInt, randomUUID } from 'node:crypto'
import { parseFlags } from '@orders/platform/parse-flags'
import { UserError } from '@orders/platform/user-error'
import { Command, InvalidArgumentError } from 'commander'
import type { Config } from './config.ts'

/** What one start of the producer is to do. */
export interface Plan {
  /** Sends the orders of this file instead of made-up ones. */
  file: string | null
  count: number
  /** Time between two orders, in ms; 0 is as fast as it goes. May be a fraction. */
  intervalMs: number
  seed: number
  /** Names this run; a run that was interrupted goes on under the same name. */
  runId: string
}

interface Flags {
  count?: number
  interval?: number
  rate?: number
  seed?: number
  file?: string
}

const COUNT_MAX = 100_000_000
const INTERVAL_MAX_MS = 3_600_000
const RATE_MAX = 1_000_000
const SEED_LIMIT = 2 ** 32
const MS_PER_SECOND = 1_000

/**
 * Reads the command line; whatever it leaves open comes from the settings. Returns null when it
 * was only asked for help. Throws a `UserError` for a flag that cannot be followed.
 */
export function readCommandLine(args: string[], config: Config): Plan | null {
  const command = describeCommand()
  return parseFlags(command, args) ? makePlan(command.opts<Flags>(), config) : null
}

function describeCommand(): Command {
  return new Command('producer')
    .description('Sends orders to Kafka and keeps account of each. Without a flag: the settings.')
    .option('--count <n>', 'so many orders; 0 only sends what was left over', whole(COUNT_MAX))
    .option(
      '--interval <ms>',
      'time between two orders; 0 = as fast as it goes',
      whole(INTERVAL_MAX_MS),
    )
    .option('--rate <n>', 'orders a second, instead of --interval', positive)
    .option(
      '--seed <n>',
      'the same seed makes the same orders (with new ids)',
      whole(SEED_LIMIT - 1),
    )
    .option('--file <path>', 'orders from a file: one order, an array, or JSON lines')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
}

function makePlan(flags: Flags, config: Config): Plan {
  if (flags.rate !== undefined && flags.interval !== undefined) {
    throw new UserError('--rate and --interval say the same thing twice: give one of them')
  }
  if (flags.file !== undefined && (flags.count !== undefined || flags.seed !== undefined)) {
    throw new UserError('--file brings its own orders: --count and --seed do not go with it')
  }
  return {
    file: flags.file ?? null,
    count: flags.count ?? config.ORDER_COUNT,
    intervalMs: intervalOf(flags, config),
    seed: flags.seed ?? config.ORDER_SEED ?? randomInt(SEED_LIMIT),
    runId: config.RUN_ID ?? randomUUID(),
  }
}

function intervalOf({ rate, interval, file }: Flags, config: Config): number {
  if (rate !== undefined) return MS_PER_SECOND / rate
  return interval ?? (file === undefined ? config.ORDER_INTERVAL_MS : 0)
}

function whole(max: number) {
  return (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) > max) {
      throw new InvalidArgumentError(`It must be a whole number from 0 to ${max}.`)
    }
    return Number(text)
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= RATE_MAX)) {
    throw new InvalidArgumentError(`It must be a number above 0, at most ${RATE_MAX}.`)
  }
  return value
}
