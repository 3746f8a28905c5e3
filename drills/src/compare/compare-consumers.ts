import { join } from 'node:path'
import { kafkaAddresses } from '@orders/cluster/settings'
import { withAdmin } from '@orders/platform/kafka/admin'
import { until } from '../until.ts'
import { CONSUMER_WAYS, type ConsumerWay } from './consumer-ways.ts'
import { countConsumer } from './counting.ts'
import { CRASHES, crashSetting, planCrashes, type Crash } from './crash-plan.ts'
import type { Lab } from './lab.ts'
import { readAcknowledged } from './ledger-view.ts'
import { writeOrderFile } from './order-file.ts'
import type { Program } from './program.ts'
import type { Row } from './row.ts'

const TOPIC = 'compare-consumers'
const ORDERS = 400
const PRODUCE_LIMIT_MS = 60_000
/** A life begins by waiting for the session of the one before to end: 10 s. */
const LIFE_LIMIT_MS = 60_000
const DRAIN_LIMIT_MS = 60_000

/** Kills every consumer at the same moments of the same orders, and counts what became of them. */
export async function compareConsumers(lab: Lab): Promise<Row[]> {
  const acknowledged = await placeOrders(lab)
  const crashes = planCrashes(lab.seed)
  const moments = crashes.map(({ point, message }) => `${point} of its message ${message}`)
  lab.say(`consumers: killed ${moments.join(', ')}`)
  const fault = `kill -9, ${CRASHES} times, before or after a write`
  return Promise.all(
    CONSUMER_WAYS.map(async (way) => {
      const recoverMs = await liveThrough(lab, way, crashes)
      const found = await way.read(lab, TOPIC)
      const { name, isSafe, teaches } = way
      const counts = countConsumer({ acknowledged, ...found })
      return { kind: 'consumers' as const, way: name, isSafe, fault, ...counts, recoverMs, teaches }
    }),
  )
}

/** The real producer fills the topic once; every way reads all of it. */
async function placeOrders(lab: Lab): Promise<Set<string>> {
  const ledgerFile = join(lab.folder, `${TOPIC}.ledger.jsonl`)
  const producer = lab.start({
    label: `${TOPIC}-producer`,
    path: 'producer/src/main.ts',
    args: ['--file', writeOrderFile(lab, TOPIC, ORDERS), '--interval', '0'],
    env: { KAFKA_TOPIC: TOPIC, LEDGER_FILE: ledgerFile },
  })
  const wait = { what: 'all orders are placed', limitMs: PRODUCE_LIMIT_MS, signal: lab.signal }
  await until(wait, () => producer.hasEnded)
  const { code } = await producer.ended
  if (code !== 0) throw new Error(`the producer ended with ${code}:\n${producer.lastLines}`)
  const acknowledged = await readAcknowledged(ledgerFile)
  lab.say(`consumers: ${acknowledged.size} orders placed`)
  return acknowledged
}

/** One life for each crash, and a last one to the end of the log; gives the longest gap. */
async function liveThrough(lab: Lab, way: ConsumerWay, crashes: Crash[]): Promise<number> {
  let longestMs = 0
  let life = startLife(lab, way, crashes[0])
  for (const next of [...crashes.slice(1), undefined]) {
    const diedAtMs = await untilKilled(lab, way, life)
    const before = await way.progress(lab, TOPIC)
    life = startLife(lab, way, next)
    const wait = { what: `${way.name} goes on`, limitMs: LIFE_LIMIT_MS, signal: lab.signal }
    await until(wait, async () => (await way.progress(lab, TOPIC)) > before)
    const gapMs = Date.now() - diedAtMs
    lab.say(`consumers: ${way.name} died and goes on after ${(gapMs / 1_000).toFixed(1)} s`)
    longestMs = Math.max(longestMs, gapMs)
  }
  await untilDrained(lab, way, life)
  const { code } = await life.stop()
  if (code !== 0) throw new Error(`${way.name} ended with ${code}:\n${life.lastLines}`)
  return longestMs
}

function startLife(lab: Lab, way: ConsumerWay, crash: Crash | undefined): Program {
  const env = {
    KAFKA_TOPIC: TOPIC,
    KAFKA_DLQ_TOPIC: `${TOPIC}.dlq`,
    KAFKA_GROUP_ID: groupOf(way),
    ...(crash ? { FAULT_POINT: crashSetting(crash, way.messagesPerWrite) } : {}),
  }
  return lab.start({ label: way.name, path: way.path, env })
}

async function untilKilled(lab: Lab, way: ConsumerWay, life: Program): Promise<number> {
  const wait = { what: `${way.name} dies`, limitMs: LIFE_LIMIT_MS, signal: lab.signal }
  await until(wait, () => life.hasEnded)
  const { signal, code, atMs } = await life.ended
  if (signal === 'SIGKILL') return atMs
  throw new Error(`${way.name} ended with ${signal ?? code} instead:\n${life.lastLines}`)
}

/**
 * A consumer is done when it has passed the end of the log, whatever it has lost on the way. The
 * one of batches never commits the last few, so the real ones are asked how far they have stored.
 */
async function untilDrained(lab: Lab, way: ConsumerWay, life: Program): Promise<void> {
  const kafka = { clientId: 'compare', brokers: kafkaAddresses(lab.settings) }
  const what = `${way.name} has read everything`
  const wait = { what, limitMs: DRAIN_LIMIT_MS, signal: lab.signal, everyMs: 500 }
  await until(wait, () =>
    withAdmin(kafka, async (admin) => {
      if (life.hasEnded) return true
      const ends = await admin.fetchRanges(TOPIC)
      const reached = await (way.reached?.(lab, TOPIC) ?? admin.fetchCommitted(groupOf(way), TOPIC))
      return ends.every(({ partition, high }) => (reached.get(partition) ?? 0n) >= high)
    }),
  )
}

function groupOf(way: ConsumerWay): string {
  return `${TOPIC}-${way.name}`
}
