import { randomInt } from 'node:crypto'
import { parseFlags } from '@orders/platform/parse-flags'
import { UserError } from '@orders/platform/user-error'
import { Command, InvalidArgumentError } from 'commander'
import { findDrills } from './catalogue.ts'
import type { Drill, Load, Tier } from './drill.ts'

/** What one run of drills is to do. */
export interface DrillPlan {
  /** Only the table of drills is asked for. */
  isList: boolean
  drills: Drill[]
  tier: Tier
  /** So many injections of each drill; null is what the tier says. */
  times: number | null
  seed: number
  /** What was asked for; the rest is up to the tier and the drill. */
  load: Partial<Load>
  isKept: boolean
  jsonFile: string | null
  junitFile: string | null
  reportFile: string | null
  /** Results of earlier runs, as JSON, that belong into the same report. */
  earlierFiles: string[]
}

interface Flags {
  list?: boolean
  tier?: Tier
  times?: number
  seed?: number
  producers?: number
  members?: number
  rate?: number
  keep?: boolean
  json?: string
  junit?: string
  report?: string
  with?: string[]
}

const TIERS: readonly Tier[] = ['smoke', 'nightly', 'release']
const SEED_LIMIT = 2 ** 32
const TIMES_MAX = 1_000
const PRODUCERS_MAX = 8
const MEMBERS_MAX = 5
const RATE_MAX = 5_000
// With 200 a second two cores need minutes to catch up after a fault: consumer-auto commits every order.
const LOADS: Record<Tier, Load> = {
  smoke: { producers: 1, members: 2, ordersPerSecond: 100 },
  nightly: { producers: 2, members: 2, ordersPerSecond: 100 },
  release: { producers: 2, members: 2, ordersPerSecond: 100 },
}

/** Reads the command line; null when it was only asked for help. */
export function readCommandLine(args: string[]): DrillPlan | null {
  const command = describeCommand()
  return parseFlags(command, args) ? makePlan(command.args, command.opts<Flags>()) : null
}

/** The load of a drill: what was asked for goes before what the drill needs. */
export function loadOf({ tier, load }: Pick<DrillPlan, 'tier' | 'load'>, drill: Drill): Load {
  return { ...LOADS[tier], ...drill.load, ...load }
}

/** How often a drill is done; a drill that was named is done, whatever its tier says. */
export function timesOf({ tier, times }: Pick<DrillPlan, 'tier' | 'times'>, drill: Drill): number {
  return times ?? Math.max(1, drill.injections[tier])
}

function describeCommand(): Command {
  return new Command('npm run drill --')
    .description('Breaks a real cluster on purpose while orders flow, and lets the referee judge.')
    .argument('[names...]', 'which drills, see --list; all = all of the tier')
    .option('--list', 'shows what can be broken')
    .option('--tier <tier>', `how much: ${TIERS.join(', ')} (default smoke)`, readTier)
    .option('--times <n>', 'so many injections of each drill', whole(1, TIMES_MAX))
    .option('--seed <n>', 'the same seed breaks the same things', whole(0, SEED_LIMIT - 1))
    .option('--producers <n>', 'how many producers', whole(1, PRODUCERS_MAX))
    .option('--members <n>', 'how many members in each group', whole(1, MEMBERS_MAX))
    .option('--rate <n>', 'orders a second of all producers together', whole(1, RATE_MAX))
    .option('--keep', 'keeps logs, traces and ledgers of drills that passed as well')
    .option('--json <file>', 'writes all results as JSON')
    .option('--junit <file>', 'writes all results as a JUnit report')
    .option('--report <file>', 'writes a report in Markdown')
    .option('--with <file>', 'puts an earlier --json into the report as well; may come again', add)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
}

function makePlan(names: string[], flags: Flags): DrillPlan {
  const isList = flags.list === true
  const earlierFiles = flags.with ?? []
  if (earlierFiles.length > 0 && flags.report === undefined) {
    throw new UserError('--with is for a report: add --report; see --help')
  }
  if (names.length === 0 && !isList && earlierFiles.length === 0) {
    throw new UserError('which drill? see --list, or say all; see --help')
  }
  const tier = flags.tier ?? 'smoke'
  return {
    isList,
    drills: findDrills(names, tier),
    tier,
    times: flags.times ?? null,
    seed: flags.seed ?? randomInt(SEED_LIMIT),
    load: {
      ...(flags.producers === undefined ? {} : { producers: flags.producers }),
      ...(flags.members === undefined ? {} : { members: flags.members }),
      ...(flags.rate === undefined ? {} : { ordersPerSecond: flags.rate }),
    },
    isKept: flags.keep === true,
    jsonFile: flags.json ?? null,
    junitFile: flags.junit ?? null,
    reportFile: flags.report ?? null,
    earlierFiles,
  }
}

function add(file: string, files: string[] = []): string[] {
  return [...files, file]
}

function readTier(text: string): Tier {
  const tier = TIERS.find((each) => each === text)
  if (tier) return tier
  throw new InvalidArgumentError(`It must be one of ${TIERS.join(', ')}.`)
}

function whole(min: number, max: number) {
  return (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) > max || Number(text) < min) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return Number(text)
  }
}
