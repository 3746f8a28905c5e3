import { parseFlags } from '@orders/platform/parse-flags'
import { UserError } from '@orders/platform/user-error'
import { ORDER_BYTES_MAX } from '@orders/producer/larger-orders'
import { Command, InvalidArgumentError } from 'commander'
import { PEERS, type PeerName } from './rows.ts'
import { SERIES, type SeriesName } from './series.ts'
import { TASKS, type Task } from './tasks.ts'

/** What one run of the bench is to do. */
export interface BenchPlan {
  /** Only the table of tasks and rows is asked for. */
  isList: boolean
  /** Starts of the demo are measured, and nothing else. */
  isStart: boolean
  tasks: Task[]
  peers: PeerName[]
  /** So many runs of each row. */
  reps: number
  isQuick: boolean
  /** So many orders in every task; null is what each task says. */
  count: number | null
  partitions: number
  /** So many processes of each consumer of ours. */
  members: number
  /** Each order is filled up to about so many bytes; 0 is as customers buy. */
  orderBytes: number
  /** What is to grow, each in a series of steps; empty for the usual tables. */
  grow: SeriesName[]
  /** Our services write down where their CPU time goes. */
  isProfiled: boolean
  isKept: boolean
  jsonFile: string | null
  reportFile: string | null
}

interface Flags {
  list?: boolean
  start?: boolean
  task?: Task[]
  peers?: PeerName[]
  count?: number
  reps?: number
  quick?: boolean
  partitions?: number
  members?: number
  orderBytes?: number
  grow?: SeriesName[]
  profile?: boolean
  keep?: boolean
  json?: string
  report?: string
}

const REPS = 5
const START_REPS = 3
const REPS_MAX = 100
const COUNT_MAX = 10_000_000
/** Below this a rate is mostly the time between two looks. */
const COUNT_MIN = 100
const PARTITIONS = 5
const PARTITIONS_MAX = 100
const MEMBERS_MAX = 16
/** As long as in most comparisons of clients: an order of about five lines. */
const ORDER_BYTES = 287
const QUICK_PEERS: PeerName[] = ['kafkajs', 'redis-benchmark', 'commits']
const NOBODY = 'none'

/** Reads the command line; null when it was only asked for help. */
export function readCommandLine(args: readonly string[]): BenchPlan | null {
  const command = describeCommand()
  return parseFlags(command, args) ? makePlan(command.opts<Flags>()) : null
}

/** How many orders a task has in this run. */
export function ordersOf({ count, isQuick }: BenchPlan, task: Task): number {
  return count ?? (isQuick ? task.quickOrders : task.orders)
}

function describeCommand(): Command {
  return new Command('npm run bench --')
    .description('Measures the services beside other clients that do the same work.')
    .option('--task <names>', `which, with commas: ${nameList(TASKS)}`, readTasks)
    .option('--peers <names>', `beside whom, with commas: ${PEERS.join(', ')}, none`, readPeers)
    .option('--count <n>', 'so many orders in every task', whole(COUNT_MIN, COUNT_MAX))
    .option('--reps <n>', `so many runs of each row (default ${REPS})`, whole(1, REPS_MAX))
    .option('--quick', 'few orders, one run, few peers: shows that it works, not how fast')
    .option('--partitions <n>', `of each topic (default ${PARTITIONS})`, whole(1, PARTITIONS_MAX))
    .option('--members <n>', 'of each group, ours only (default 1)', whole(1, MEMBERS_MAX))
    .option(
      '--order-bytes <n>',
      `fills each order up to this (default ${ORDER_BYTES}; 0: as customers buy)`,
      whole(0, ORDER_BYTES_MAX),
    )
    .option('--grow <names>', `series of steps, with commas: ${SERIES.join(', ')}`, readSeries)
    .option('--profile', 'where the CPU time of our services goes; one run, no peers if not said')
    .option('--start', `where the time of a start goes, and nothing else (${START_REPS} runs)`)
    .option('--keep', 'keeps logs and ledgers, and says where')
    .option('--list', 'shows the tasks, and what each row promises')
    .option('--json <file>', 'writes every run of every row as JSON')
    .option('--report <file>', 'writes the tables as Markdown')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
}

function makePlan(flags: Flags): BenchPlan {
  const isQuick = flags.quick === true
  refuseBesideStart(flags)
  const { json, report, grow = [] } = flags
  const isGrowing = grow.length > 0
  const isProfiled = flags.profile === true
  // Not to be held against anything: our rows once.
  const isAlone = isGrowing || isProfiled
  if (json !== undefined && json === report) {
    throw new UserError('--json and --report name the same file; see --help')
  }
  return {
    isList: flags.list === true,
    isStart: flags.start === true,
    tasks: flags.task ?? TASKS.filter(({ kind }) => !isGrowing || kind !== 'latency'),
    peers: flags.peers ?? (isAlone ? [] : isQuick ? QUICK_PEERS : [...PEERS]),
    reps: flags.reps ?? usualReps(flags),
    isQuick,
    count: flags.count ?? null,
    partitions: flags.partitions ?? PARTITIONS,
    members: flags.members ?? 1,
    orderBytes: flags.orderBytes ?? ORDER_BYTES,
    grow,
    isProfiled,
    isKept: flags.keep === true,
    jsonFile: json ?? null,
    reportFile: report ?? null,
  }
}

/** A start is the demo's, so whatever describes rows would be of no effect. */
function refuseBesideStart(flags: Flags): void {
  const { start, quick: _quick, reps: _reps, json: _json, report: _report, ...others } = flags
  if (start !== true || Object.keys(others).length === 0) return
  throw new UserError('--start goes with --reps, --quick, --json and --report alone; see --help')
}

function usualReps({ quick, start, grow, profile }: Flags): number {
  if (quick === true || grow !== undefined || profile === true) return 1
  return start === true ? START_REPS : REPS
}

function readTasks(text: string): Task[] {
  const wanted = split(text)
  for (const name of wanted) {
    if (TASKS.some((task) => task.name === name)) continue
    throw new InvalidArgumentError(`There is no task "${name}", only ${nameList(TASKS)}.`)
  }
  return TASKS.filter(({ name }) => wanted.includes(name))
}

function readPeers(text: string): PeerName[] {
  const wanted = split(text)
  if (wanted.length === 1 && wanted[0] === NOBODY) return []
  for (const name of wanted) {
    if (PEERS.some((peer) => peer === name)) continue
    throw new InvalidArgumentError(`There is no peer "${name}", only ${PEERS.join(', ')}, none.`)
  }
  return PEERS.filter((peer) => wanted.includes(peer))
}

function readSeries(text: string): SeriesName[] {
  const wanted = split(text)
  for (const name of wanted) {
    if (SERIES.some((series) => series === name)) continue
    throw new InvalidArgumentError(`There is no series "${name}", only ${SERIES.join(', ')}.`)
  }
  return SERIES.filter((series) => wanted.includes(series))
}

function split(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function nameList(named: readonly { name: string }[]): string {
  return named.map(({ name }) => name).join(', ')
}

function whole(min: number, max: number) {
  return (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) > max || Number(text) < min) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return Number(text)
  }
}
