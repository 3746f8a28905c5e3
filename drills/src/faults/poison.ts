import { kafkaAddresses, registryUrl } from '@orders/cluster/settings'
import { PartitionSender } from '@orders/platform/kafka/sender'
import { Registry } from '@orders/platform/schema-registry'
import { orderSchemaText } from '@orders/schemas/order-avro'
import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { until, untilGiven } from '../until.ts'
import { exampleOrder } from './example-order.ts'
import { timed, wait } from './injection.ts'
import { Notes, complaints, takeInTurn } from './notes.ts'
import {
  doubledSchemaText,
  evolvedSchemaText,
  otherSchemaText,
  poisonKinds,
  type OddMessage,
  type PoisonKind,
  type SchemaIds,
} from './poison-kinds.ts'
import { CONSUMERS, liveMembers, untilListening, untilShared } from './services.ts'

const PARTITIONS = 5
const SEND_TIMEOUT_MS = 10_000
const PASSED_LIMIT_MS = 30_000
const UNAVAILABLE_MS = 5_000

const schemaIds = new Notes<SchemaIds[]>(() => [])

/** Registers the schemas that bad messages are made with. */
export async function registerSchemas(arena: Arena): Promise<void> {
  const url = registryUrl(arena.settings)
  const registry = new Registry(url)
  const { topic } = arena
  const draft = { $schema: 'http://json-schema.org/draft-07/schema#', title: topic }
  const body = { schemaType: 'JSON', schema: JSON.stringify(draft) }
  const answer = await fetch(`${url}/subjects/${topic}-json/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  })
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}`)
  const { id: json } = (await answer.json()) as { id: number }
  schemaIds.of(arena).push({
    order: await registry.register(`${topic}-value`, orderSchemaText),
    evolved: await registry.register(`${topic}-evolved`, evolvedSchemaText),
    other: await registry.register(`${topic}-other`, otherSchemaText),
    doubled: await registry.register(`${topic}-doubled`, doubledSchemaText),
    json,
  })
}

/**
 * The members of a group die when a dead letter is on its topic, and before its offset is passed:
 * whoever owns the partition afterwards finds the bad message anew.
 */
export async function dieAtDeadLetter(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(CONSUMERS)
  const kind = nextKind(arena)
  const partition = random.whole(0, PARTITIONS - 1)
  const what = `members of ${name} die between the dead letter of «${kind.name}» and its offset`
  return timed(what, async () => {
    const members = liveMembers(arena, name)
    for (const member of members) {
      await untilListening(arena, member)
      await member.restartWith({ FAULT_POINT: 'after-dead-letter:1:kill' })
    }
    await untilShared(arena)
    const armed = members.map(({ lives }) => lives)
    const offset = await sendTo(arena, arena.topic, partition, kind)
    await untilPassed(arena, partition, offset)
    const dead = members.filter(({ endings }, index) =>
      endings.some(({ life, signal }) => life === armed[index] && signal === 'SIGKILL'),
    )
    for (const member of members.filter((one) => !dead.includes(one))) await member.restartWith({})
    const labels = dead.map(({ label }) => label).join(' and ')
    return dead.length === 0 ? null : `${labels} died with ${partition}/${offset} not passed`
  })
}

/** How many kinds of bad messages there are. */
export const POISON_KINDS = poisonKinds(exampleOrder('C-0'), {
  order: 1,
  evolved: 2,
  other: 3,
  doubled: 4,
  json: 5,
}).length

/** One bad message, each kind in its turn, in the middle of the orders. */
export async function poison(arena: Arena, random: Random): Promise<Injection> {
  const kind = nextKind(arena)
  const partition = random.whole(0, PARTITIONS - 1)
  const startedAt = Date.now()
  return timed(`a bad message, «${kind.name}», in partition ${partition}`, async () => {
    const offset = await sendTo(arena, arena.topic, partition, kind)
    await untilPassed(arena, partition, offset)
    const passedMs = Date.now() - startedAt
    const { state, reason } = await readClaim(arena, partition, offset)
    if (state !== 'sent' || reason !== kind.reason) {
      const is = `${state ?? 'nowhere'}, ${reason ?? 'no reason'}`
      complaints.of(arena).push(`«${kind.name}» at ${partition}/${offset} is ${is}`)
    }
    return `at offset ${offset}, dead-lettered as ${reason ?? 'nothing'} within ${passedMs} ms`
  })
}

/** Bad messages come while the dead-letter topic takes nothing: nobody may pass them. */
export async function whileUnavailable(arena: Arena, random: Random): Promise<Injection> {
  const how = takeInTurn(arena, 'way to be unavailable', ['too small', 'too few in sync'] as const)
  const kind = nextKind(arena)
  const partition = random.whole(0, PARTITIONS - 1)
  const what = `the dead-letter topic is unavailable (${how}) while «${kind.name}» comes`
  return timed(what, async () => {
    const undo = how === 'too small' ? await shrink(arena) : await demandAll(arena, random)
    let offset = -1
    try {
      offset = await sendTo(arena, arena.topic, partition, kind)
      await wait(arena, UNAVAILABLE_MS)
      for (const name of CONSUMERS) {
        const next = arena.pulse.next(name, partition)
        const said = `${name} is at ${next} though ${partition}/${offset} is no dead letter`
        if (next > offset) complaints.of(arena).push(said)
      }
      const { state } = await readClaim(arena, partition, offset)
      if (state === 'sent') return null
    } finally {
      await undo()
    }
    await untilPassed(arena, partition, offset)
    return `${partition}/${offset} was not passed for ${UNAVAILABLE_MS} ms, and is a dead letter now`
  })
}

/** Sends a message as it is, past the links; the offset at which it is. */
export async function sendTo(
  arena: Arena,
  topic: string,
  partition: number,
  message: OddMessage,
): Promise<number> {
  const brokers = kafkaAddresses(arena.settings)
  const { signal } = arena
  const sender = new PartitionSender({
    clientId: 'drills',
    brokers,
    sendTimeoutMs: SEND_TIMEOUT_MS,
  })
  const { key, value, headers = {} } = message
  try {
    const wanted = { what: 'a message is sent', limitMs: PASSED_LIMIT_MS, signal }
    const send = (): Promise<bigint> => sender.send(topic, partition, [{ key, value, headers }])
    return Number(await untilGiven(wanted, send))
  } finally {
    await sender.close()
  }
}

function nextKind(arena: Arena): PoisonKind {
  const [ids] = schemaIds.of(arena)
  if (!ids) throw new Error('the schemas are not registered')
  return takeInTurn(arena, 'kind', poisonKinds(exampleOrder('C-poison'), ids))
}

async function untilPassed(arena: Arena, partition: number, offset: number): Promise<void> {
  const { signal, pulse } = arena
  const what = `both consumers are past ${partition}/${offset}`
  await until({ what, limitMs: PASSED_LIMIT_MS * 2, signal }, () =>
    CONSUMERS.every((name) => pulse.next(name, partition) > offset),
  )
}

function readClaim(arena: Arena, partition: number, offset: number) {
  const { redis, dlqTopic, topic } = arena
  return redis.hgetall(`${dlqTopic}:${topic}:${partition}:${offset}`)
}

async function shrink(arena: Arena): Promise<() => Promise<void>> {
  return configure(arena, 'max.message.bytes', '100')
}

/** With all three demanded in sync and one of them dead, the orders go on with two. */
async function demandAll(arena: Arena, random: Random): Promise<() => Promise<void>> {
  const undo = await configure(arena, 'min.insync.replicas', '3')
  await arena.brokers.kill(random.pick(arena.brokers.ids))
  return async () => {
    await arena.brokers.repair()
    await undo()
  }
}

/** Changes a setting of the dead-letter topic; the returned function gives back what was. */
async function configure(arena: Arena, name: string, value: string): Promise<() => Promise<void>> {
  const { brokers, dlqTopic } = arena
  const alter = async (change: string[]): Promise<void> => {
    const which = ['--alter', '--entity-type', 'topics', '--entity-name', dlqTopic]
    await brokers.runTool('configs', [...which, ...change])
  }
  const before = name === 'max.message.bytes' ? `${2 * 1024 * 1024}` : '2'
  await alter(['--add-config', `${name}=${value}`])
  return () => alter(['--add-config', `${name}=${before}`])
}
