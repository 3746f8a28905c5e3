import type { Arena, ConsumerName, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import type { Service } from '../service.ts'
import { until } from '../until.ts'
import { timed, wait } from './injection.ts'
import { complaints } from './notes.ts'
import { CONSUMERS, liveMembers, pickMember, untilListening, untilShared } from './services.ts'
import { joinsOf, ownedBy } from './traces.ts'

const STORM_STEPS = 6
const MEMBERS_MIN = 1
const MEMBERS_MAX = 5
const STORM_PAUSE_MAX_MS = 3_000
const STOP_LIMIT_MS = 10_000
const EVICTED_LIMIT_MS = 60_000
const STALL_MS = 20_000
const PARTITIONS = 5

/** One member more, in one of the groups. */
export async function join(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(CONSUMERS)
  const before = ownership(arena, name)
  return timed(`one member more for ${name}`, async () => {
    arena.addMember(name)
    await untilShared(arena)
    return describeMoves(before, ownership(arena, name))
  })
}

/** One member less, by SIGTERM; one that stays alone gets company first. */
export async function leave(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(CONSUMERS)
  if (liveMembers(arena, name).length < 2) {
    arena.addMember(name)
    await untilShared(arena)
  }
  const before = ownership(arena, name)
  const member = pickMember(arena, name, random)
  await untilListening(arena, member)
  return timed(`${member.label} leaves`, async () => {
    await terminate(arena, member)
    await untilShared(arena)
    return describeMoves(before, ownership(arena, name))
  })
}

/** Members of both groups come and go in quick succession. */
export async function storm(arena: Arena, random: Random): Promise<Injection> {
  const joins = countJoins(arena)
  return timed(`${STORM_STEPS} members of each group come or go`, async () => {
    for (let step = 0; step < STORM_STEPS; step += 1) {
      for (const name of CONSUMERS) await comeOrGo(arena, random, name)
      await wait(arena, random.whole(0, STORM_PAUSE_MAX_MS))
    }
    for (const name of CONSUMERS) if (liveMembers(arena, name).length < 2) arena.addMember(name)
    await untilShared(arena)
    const more = countJoins(arena) - joins
    return more > STORM_STEPS ? `${more} joins` : null
  })
}

/** A member dies without a word: its partitions wait for the end of its session. */
export async function killMember(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(CONSUMERS)
  const member = pickMember(arena, name, random)
  const owned = ownedBy(member) ?? []
  return timed(`${member.label} is killed`, async () => {
    const { signal } = await member.kill()
    await untilShared(arena)
    return signal === 'SIGKILL' ? `it owned partitions ${owned.join(', ') || 'none'}` : null
  })
}

/** A member stands still in the middle of an order for twice its session. */
export async function stall(arena: Arena, random: Random): Promise<Injection> {
  const name = random.pick(CONSUMERS)
  const member = pickMember(arena, name, random)
  const point = random.pick(['before-write', 'after-write'] as const)
  await untilListening(arena, member)
  const what = `${member.label} stands still for ${STALL_MS} ms at ${point}`
  return timed(what, async () => {
    await member.restartWith({ FAULT_POINT: `${point}:${random.whole(3, 20)}:stall-${STALL_MS}` })
    const life = member.lives
    const { signal } = arena
    const limit = { limitMs: EVICTED_LIMIT_MS, signal }
    await until({ what: `${member.label} joins`, ...limit }, () => joinsOf(member).length > 0)
    const isAlone = (): boolean => haveAll(others(arena, name, member))
    // It has joined a moment before the others hear what they have lost to it.
    await until({ what: `the others share with ${member.label}`, ...limit }, () => !isAlone())
    await until({ what: `${member.label} is out of the group`, ...limit }, isAlone)
    const evictedAtMs = Date.now()
    await until({ what: `${member.label} joins again`, ...limit }, () =>
      joinsOf(member).some(({ at }) => at > evictedAtMs),
    )
    await untilShared(arena)
    return member.lives === life ? 'the others had all partitions, and it came back' : null
  })
}

function haveAll(members: readonly Service[]): boolean {
  return new Set(members.flatMap((each) => ownedBy(each) ?? [])).size === PARTITIONS
}

function others(arena: Arena, name: ConsumerName, member: Service): Service[] {
  return liveMembers(arena, name).filter((each) => each !== member)
}

async function comeOrGo(arena: Arena, random: Random, name: ConsumerName): Promise<void> {
  const members = liveMembers(arena, name)
  const listening = members.filter(({ isListening }) => isListening)
  const isFull = members.length >= MEMBERS_MAX
  const mayGo = members.length > MEMBERS_MIN && listening.length > 0
  if (mayGo && (isFull || random.whole(0, 1) === 0)) await terminate(arena, random.pick(listening))
  else if (!isFull) arena.addMember(name)
}

async function terminate(arena: Arena, member: Service): Promise<void> {
  const startedAt = Date.now()
  const { code, signal } = await member.terminate()
  const tookMs = Date.now() - startedAt
  if (code === 0 && tookMs <= STOP_LIMIT_MS) return
  const how = signal ?? `exit code ${code}`
  complaints.of(arena).push(`${member.label} ended by ${how} ${tookMs} ms after SIGTERM`)
}

function countJoins(arena: Arena): number {
  const members = CONSUMERS.flatMap((name) => arena.members(name))
  return members.reduce((sum, member) => sum + joinsOf(member).length, 0)
}

/** Who has which partition. */
function ownership(arena: Arena, name: ConsumerName): Map<number, string> {
  const pairs = liveMembers(arena, name).flatMap((member) =>
    (ownedBy(member) ?? []).map((partition) => [partition, member.label] as const),
  )
  return new Map(pairs)
}

function describeMoves(before: Map<number, string>, after: Map<number, string>): string | null {
  const moved = [...after].filter(([partition, label]) => before.get(partition) !== label)
  if (moved.length === 0) return null
  return `partitions moved: ${moved.map(([partition, label]) => `${partition} to ${label}`).join(', ')}`
}
