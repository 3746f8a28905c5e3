import type { Arena, Drill, Injection } from '../drill.ts'
import { lasting } from '../faults/injection.ts'
import type { Random } from '../random.ts'

const SLOW_MS = 100
const SLOW_FOR_MS = 6_000
const CUT_MS_MIN = 1_000
const CUT_MS_MAX = 8_000
const BROKERS = [1, 2, 3]

/** Faults of the network between the services and the brokers; the brokers see each other. */
export const networkDrills: Drill[] = [
  {
    name: 'link-cut-one',
    fault: 'F6',
    title: 'The services cannot reach one broker, which leads partitions all the same.',
    expect: 'Orders of the other partitions go on; those of the broker come after the cut.',
    injections: { smoke: 1, nightly: 2, release: 3 },
    recoverWithinMs: 45_000,
    gapWithinMs: 30_000,
    inject: (arena, random) => cut(arena, random, random.pick(BROKERS)),
  },
  {
    name: 'link-cut-all',
    fault: 'F6',
    title: 'The services cannot reach any broker.',
    expect: 'Everything stands still and goes on by itself; nothing is given up.',
    injections: { smoke: 0, nightly: 1, release: 2 },
    recoverWithinMs: 60_000,
    gapWithinMs: null,
    inject: (arena, random) => cut(arena, random, 'all'),
  },
  {
    name: 'link-slow',
    fault: 'F6',
    title: 'Every byte between services and brokers takes 100 ms, both ways.',
    expect: 'Orders take longer and go on.',
    injections: { smoke: 0, nightly: 1, release: 1 },
    recoverWithinMs: 45_000,
    gapWithinMs: 15_000,
    inject: slow,
  },
]

async function cut(arena: Arena, random: Random, which: number | 'all'): Promise<Injection> {
  const { kafka } = arena.links
  const how = random.pick(['refuse', 'hold'] as const)
  const lastsMs = random.whole(CUT_MS_MIN, CUT_MS_MAX)
  const name = which === 'all' ? 'all brokers' : `broker ${which}`
  const what = `${name} out of reach for ${lastsMs} ms (${how})`
  let hit = 0
  const begin = (): void => {
    hit = kafka.cut(which, how)
  }
  return lasting(arena, { what, lastsMs }, begin, () => {
    kafka.restore(which)
    return hit > 0 ? `${hit} connections hit` : null
  })
}

async function slow(arena: Arena): Promise<Injection> {
  const { kafka } = arena.links
  let hit = 0
  const begin = (): void => {
    hit = kafka.delay('all', SLOW_MS)
  }
  const what = `${SLOW_MS} ms each way for ${SLOW_FOR_MS} ms`
  return lasting(arena, { what, lastsMs: SLOW_FOR_MS }, begin, () => {
    kafka.restore()
    return hit > 0 ? `${hit} connections slow` : null
  })
}
