import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from '@orders/drills/compare/program'
import { until } from '@orders/drills/until'
import { readLedger } from '@orders/platform/ledger'
import type { Child } from './child.ts'
import { parseClientLine, type ClientLine } from './client-line.ts'
import type { Lab } from './lab.ts'
import type { OrderSource } from './made-orders.ts'
import { dlqOf } from './topics.ts'
import type { ClientName, ServiceName } from './rows.ts'
import type { Window } from './usage.ts'

/** A producer or a consumer that is being measured, ours or another. */
export interface RunningClient {
  readonly pid: number | null
  /** It has sent or stored everything, by its own account, or has ended. */
  isDone(): boolean
  hasEnded(): boolean
  /** Ends it politely; throws with its last words when it has failed. */
  finish(): Promise<Account>
}

/** What a client says of its own run. */
interface Account {
  /** From its first order to its last; null where it does not say. */
  window: Window | null
  /** The line of another client. */
  said: ClientLine | null
}

/** What to send. */
export interface Sending {
  label: string
  topic: string
  orders: number
  source: OrderSource
  /** Orders a second; 0 is as fast as it goes. */
  rate: number
}

/** What to read. */
export interface Reading {
  label: string
  groupId: string
  topic: string
  orders: number
}

/** Ends by itself soon after its last order. */
const LINE_LIMIT_MS = 60_000

/** Starts the real producer, with a ledger of its own. */
export function startOurProducer(
  lab: Lab,
  service: ServiceName,
  env: Record<string, string>,
  { label, topic, orders, source, rate }: Sending,
): RunningClient {
  const ledgerFile = join(lab.folder, `${label}.ledger.jsonl`)
  const pace = rate > 0 ? ['--rate', `${rate}`] : ['--interval', '0']
  const program = lab.startService({
    label,
    service,
    args: ['--count', `${orders}`, '--seed', `${source.seed}`, ...pace],
    env: { KAFKA_TOPIC: topic, LEDGER_FILE: ledgerFile, ORDER_BYTES: `${source.bytes}`, ...env },
  })
  return fromProgram(program, async () => {
    // The last thing that a producer does with its ledger is to write acknowledgements.
    const window = { fromMs: await readRunStart(ledgerFile), toMs: statSync(ledgerFile).mtimeMs }
    // Hundreds of bytes an order, in every run of the row.
    if (!lab.isKept) rmSync(ledgerFile)
    return { window, said: null }
  })
}

/** Starts a real consumer; it stays until it is ended. */
export function startOurConsumer(
  lab: Lab,
  service: ServiceName,
  env: Record<string, string>,
  { label, groupId, topic }: Reading,
): RunningClient {
  const program = lab.startService({
    label,
    service,
    env: { KAFKA_TOPIC: topic, KAFKA_DLQ_TOPIC: dlqOf(topic), KAFKA_GROUP_ID: groupId, ...env },
  })
  return fromProgram(program, () => Promise.resolve({ window: null, said: null }))
}

/** Starts another client as a producer. */
export function startPeerProducer(
  lab: Lab,
  client: ClientName,
  { label, topic, orders, source, rate }: Sending,
): RunningClient {
  const child = lab.startPeer(label, `${client}-produce`, {
    ...loadOf(lab, topic, orders),
    SEED: `${source.seed}`,
    RUN_ID: source.runId,
    SCHEMA_ID: `${source.schemaId}`,
    ORDER_BYTES: `${source.bytes}`,
    RATE: `${rate}`,
  })
  return fromChild(lab, child, orders)
}

/** Starts another client as a consumer. */
export function startPeerConsumer(
  lab: Lab,
  client: ClientName,
  mode: string,
  { label, groupId, topic, orders }: Reading,
): RunningClient {
  const child = lab.startPeer(label, `${client}-consume`, {
    ...loadOf(lab, topic, orders),
    GROUP_ID: groupId,
    MODE: mode,
    KEY_PREFIX: peerPrefix(topic),
  })
  return fromChild(lab, child, orders)
}

/** Starts a client that makes the commits of a task and nothing else. */
export function startCommits(
  lab: Lab,
  mode: string,
  { label, groupId, topic, orders }: Reading,
): RunningClient {
  const env = { ...loadOf(lab, topic, orders), GROUP_ID: groupId, MODE: mode }
  return fromChild(lab, lab.startPeer(label, 'kafkajs-commits', env), orders)
}

/** Before the keys of another client's orders in Redis. */
export function peerPrefix(topic: string): string {
  return `${topic}:peer`
}

function loadOf({ partitions }: Lab, topic: string, orders: number): Record<string, string> {
  return { TOPIC: topic, COUNT: `${orders}`, PARTITIONS: `${partitions}` }
}

function fromProgram(program: Program, account: () => Promise<Account>): RunningClient {
  return {
    pid: program.pid,
    isDone: () => program.hasEnded,
    hasEnded: () => program.hasEnded,
    async finish() {
      const { code, signal } = program.hasEnded ? await program.ended : await program.stop()
      if (code === 0) return account()
      const lastLine = program.lastLines.split('\n').at(-1)
      throw new Error(`it ended by ${signal ?? `exit code ${code}`}: ${lastLine}`)
    },
  }
}

function fromChild(lab: Lab, child: Child, orders: number): RunningClient {
  const isDone = (): boolean => child.hasEnded || child.output.includes('\n')
  return {
    pid: child.pid,
    isDone,
    hasEnded: () => child.hasEnded,
    async finish() {
      const wait = { what: 'it prints its line', limitMs: LINE_LIMIT_MS, signal: lab.signal }
      await until(wait, isDone)
      const code = await child.finish()
      if (code !== 0) throw new Error(`it ended with ${code}: ${child.lastWords}`)
      const said = parseClientLine(child.output)
      if (said.orders !== orders) throw new Error(`it says ${said.orders} of ${orders} orders`)
      return { window: { fromMs: said.startedAtMs, toMs: said.endedAtMs }, said }
    },
  }
}

/** A run is in the ledger when topic and schema are there and the first order is about to be made. */
async function readRunStart(ledgerFile: string): Promise<number> {
  for await (const entry of readLedger(ledgerFile)) {
    if (entry.kind === 'run') return Date.parse(entry.at)
  }
  throw new Error('its ledger holds no run')
}
