import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Arena, Injection } from '../drill.ts'
import { Service } from '../service.ts'
import { until } from '../until.ts'
import { exampleOrder } from './example-order.ts'
import { timed } from './injection.ts'
import { Notes, complaints } from './notes.ts'
import { CONSUMERS } from './services.ts'

const ORDERS = 40
const CUSTOMERS = 7
const END_LIMIT_MS = 60_000

const turns = new Notes<{ count: number }>(() => ({ count: 0 }))

/** A second producer is started on a ledger that is in use. */
export async function onOneLedger(arena: Arena): Promise<Injection> {
  const [first] = arena.producers
  const ledger = join(arena.folder, 'ledger-1.jsonl')
  const label = `intruder-${nextTurn(arena)}`
  return timed(`a second producer on the ledger of ${first?.label}`, async () => {
    const second = start(arena, label, ['--count', '10'], ledger)
    await untilEnded(arena, second)
    const [ending] = second.endings
    const line = second.lines.find((text) => /in use by/.test(text))
    await second.abandon()
    if (line === undefined || ending?.code !== 1) {
      complaints.of(arena).push(`${label} on a ledger in use ended by ${ending?.code}: ${line}`)
      return null
    }
    return `it refused: ${line}`
  })
}

/** Two producers, each with a ledger of its own, send the same orders at the same time. */
export async function onOneFile(arena: Arena): Promise<Injection> {
  const turn = nextTurn(arena)
  const folder = join(arena.folder, `twins-${turn}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'orders.json')
  const orders = Array.from({ length: ORDERS }, (_, index) => {
    return exampleOrder(`C-twin-${index % CUSTOMERS}`)
  })
  writeFileSync(file, JSON.stringify(orders))
  return timed(`two producers send the same ${ORDERS} orders`, async () => {
    const twins = ['a', 'b'].map((name) => {
      const args = ['--file', file, '--interval', '5']
      return start(arena, `twin-${turn}${name}`, args, join(folder, `ledger-${name}.jsonl`))
    })
    for (const twin of twins) await untilEnded(arena, twin)
    const keys = orders.flatMap(({ orderId }) =>
      CONSUMERS.map((name) => `${arena.topic}:${name}:${orderId}`),
    )
    const { redis, signal } = arena
    const what = 'both copies of each order have been delivered'
    await until({ what, limitMs: END_LIMIT_MS, signal }, async () => {
      const counts = await Promise.all(keys.map((key) => redis.hget(key, 'deliveries')))
      return counts.every((count) => Number(count) >= 2)
    })
    const codes = twins.map(({ endings }) => endings[0]?.code)
    return `${ORDERS} orders are twice on the log; exit codes ${codes.join(' and ')}`
  })
}

function nextTurn(arena: Arena): number {
  const turn = turns.of(arena)
  turn.count += 1
  return turn.count
}

function start(arena: Arena, label: string, args: string[], ledger: string): Service {
  return new Service({
    kind: 'producer',
    label,
    folder: arena.folder,
    args,
    env: {
      KAFKA_BROKERS: arena.links.kafkaAddresses.join(','),
      KAFKA_TOPIC: arena.topic,
      SCHEMA_REGISTRY_URL: arena.links.registryUrl,
      LOG_FORMAT: 'json',
      LEDGER_FILE: ledger,
    },
  })
}

async function untilEnded({ signal }: Arena, service: Service): Promise<void> {
  const what = `${service.label} ends`
  await until({ what, limitMs: END_LIMIT_MS, signal }, () => service.endings.length > 0)
}
