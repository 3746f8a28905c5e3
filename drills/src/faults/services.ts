import type { Arena, ConsumerName } from '../drill.ts'
import type { Random } from '../random.ts'
import type { Service } from '../service.ts'
import { until } from '../until.ts'
import { wait } from './injection.ts'
import { ownedBy } from './traces.ts'

/** Both of them, for drills that do the same to each. */
export const CONSUMERS: readonly ConsumerName[] = ['auto', 'batch']

const PARTITIONS = 5
const SHARED_LIMIT_MS = 60_000

/** The members that are there and stay: those that a drill has ended are left out. */
export function liveMembers(arena: Arena, name: ConsumerName): Service[] {
  return arena.members(name).filter(({ isRetired, pid }) => !isRetired && pid !== null)
}

/** One of the members that are there. */
export function pickMember(arena: Arena, name: ConsumerName, random: Random): Service {
  return random.pick(liveMembers(arena, name))
}

/** Everything that runs. */
export function liveServices(arena: Arena): Service[] {
  const producers = arena.producers.filter(({ isRetired, pid }) => !isRetired && pid !== null)
  return [...producers, ...CONSUMERS.flatMap((name) => liveMembers(arena, name))]
}

/** Waits until the present life of a service understands SIGTERM. */
export async function untilListening({ signal }: Arena, service: Service): Promise<void> {
  const what = `${service.label} listens to signals`
  await until({ what, limitMs: SHARED_LIMIT_MS, signal }, () => service.isListening)
}

/** Waits until the members of both groups share all partitions, each owned by exactly one. */
export async function untilShared(arena: Arena): Promise<void> {
  const { signal } = arena
  const what = 'the members share the partitions'
  await until({ what, limitMs: SHARED_LIMIT_MS, signal }, () =>
    CONSUMERS.every((name) => isShared(liveMembers(arena, name))),
  )
}

/** How often members of a group have said something by now, those that are gone included. */
export function countSaid(arena: Arena, pattern: RegExp): number {
  const services = CONSUMERS.flatMap((name) => arena.members(name))
  return services.reduce((sum, service) => sum + service.count(pattern), 0)
}

/** Waits until one of the consumers says something again; false when none does. */
export async function isSaidAgain(
  arena: Arena,
  pattern: RegExp,
  before: number,
  limitMs: number,
): Promise<boolean> {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if (countSaid(arena, pattern) > before) return true
    await wait(arena, 100)
  }
  return false
}

function isShared(members: Service[]): boolean {
  const owned = members.map(ownedBy)
  const partitions = owned.flatMap((one) => one ?? [])
  return (
    owned.every((one) => one !== null) &&
    partitions.length === PARTITIONS &&
    new Set(partitions).size === PARTITIONS
  )
}
