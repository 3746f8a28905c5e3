import type { FaultPointName } from '@orders/platform/fault-point'
import type { Place } from '@orders/referee/evidence'
import type { Arena, ConsumerName, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { crashAt } from './crash.ts'
import { timed } from './injection.ts'
import { Notes } from './notes.ts'
import { pickMember, untilListening } from './services.ts'
import { countStored, readLife, uncommitted } from './traces.ts'

/** A consumer that died, and what it had in hand. */
interface Death {
  name: ConsumerName
  label: string
  point: FaultPointName
  /** In Redis, and not confirmed as committed. */
  stored: Place[]
  /** Taken in, and not confirmed as committed. */
  taken: Place[]
}

/** What may be taken in and not committed: one order; ten whose commit is out, and the next ten. */
const IN_HAND_MAX: Record<ConsumerName, number> = { auto: 1, batch: 20 }
const BATCH_SIZE = 10

const deaths = new Notes<Death[]>(() => [])

/** Kills a member at the nth passage of one of these points. */
export async function killAtPoint(
  arena: Arena,
  random: Random,
  name: ConsumerName,
  points: readonly FaultPointName[],
  nthMax: number,
): Promise<Injection> {
  const member = pickMember(arena, name, random)
  const point = random.pick(points)
  const nth = random.whole(1, nthMax)
  await untilListening(arena, member)
  return timed(`${member.label} kills itself at ${point}, passage ${nth}`, async () => {
    const ending = await crashAt(arena, member, point, nth)
    if (ending === null) return null
    const { stored, taken } = uncommitted(readLife(member, ending.life))
    deaths.of(arena).push({ name, label: member.label, point, stored, taken })
    return `died with ${taken.length} taken and ${stored.length} of them in Redis, not committed`
  })
}

/**
 * What was in Redis and not committed came again, and nothing that was committed did. Another
 * member may have lost its partitions at the same time, hence «at least».
 */
export async function checkDeaths(arena: Arena): Promise<string[]> {
  return deaths.of(arena).flatMap((death) => {
    const { name, label, point, stored, taken } = death
    const max = IN_HAND_MAX[name]
    const most = taken.length <= max ? [] : [`${label} died with ${taken.length} in hand`]
    const due = uncommittedForSure(stored)
    const counts = countStored(arena.members(name), due)
    const never = due.filter((_, index) => (counts[index] ?? 0) < 2)
    const places = never.map(({ partition, offset }) => `${partition}/${offset}`).join(', ')
    const again =
      never.length === 0
        ? []
        : [`${label} died at ${point} before the commit, and ${places} did not come again`]
    return [...most, ...again]
  })
}

/** More than ten are stored only while the commit of the oldest ten is out: it may have arrived. */
function uncommittedForSure(stored: Place[]): Place[] {
  return stored.length > BATCH_SIZE ? stored.slice(BATCH_SIZE) : stored
}
