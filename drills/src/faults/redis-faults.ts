import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { cutLastSteps } from './append-only-file.ts'
import { lasting, timed, wait } from './injection.ts'
import { countErrors, freezeRedis, killRedis, redisFolder } from './redis-part.ts'
import { countSaid, isSaidAgain } from './services.ts'

const WAITING = /waiting for Redis/
const REREAD = /reading it again|stored orders are gone|has lost orders/
const REREAD_LIMIT_MS = 15_000
const DOWN_MAX_MS = 4_000
const REFUSES_MS_MIN = 1_500
const REFUSES_MS_MAX = 5_000
const CUT_MS_MAX = 6_000
const STEPS_MAX = 200
const LOST_AT_ONCE_MAX = 4
const LOST_LIMIT_MS = 5_000
const LOOK_MS = 20
/** Nothing answers there. */
const DEAD_PORT = '1'

/** Redis dies and is started again some time later. */
export async function kill(arena: Arena, random: Random): Promise<Injection> {
  const lastsMs = random.whole(0, DOWN_MAX_MS)
  const before = countSaid(arena, WAITING)
  const begin = (): Promise<void> => killRedis(arena)
  return lasting(arena, { what: `Redis dead for ${lastsMs} ms`, lastsMs }, begin, async () => {
    const waits = countSaid(arena, WAITING) - before
    await arena.brokers.start()
    return `its process was killed; consumers said ${waits} times that they wait`
  })
}

/** Redis stands still; its connections stay. */
export async function freeze(arena: Arena, lastsMs: number): Promise<Injection> {
  const before = countSaid(arena, WAITING)
  const stored = arena.pulse.stored('auto')
  let thaw = (): void => undefined
  const begin = (): void => {
    thaw = freezeRedis(arena)
  }
  return lasting(arena, { what: `Redis frozen for ${lastsMs} ms`, lastsMs }, begin, () => {
    const during = arena.pulse.stored('auto') - stored
    thaw()
    const waits = countSaid(arena, WAITING) - before
    return waits > 0 ? `${during} stored meanwhile, ${waits} times said to wait` : null
  })
}

/** Redis has no memory left and refuses to write. */
export async function fillUp(arena: Arena, random: Random): Promise<Injection> {
  const begin = async (): Promise<void> => void (await arena.redis.config('SET', 'maxmemory', '1'))
  const end = async (): Promise<void> => void (await arena.redis.config('SET', 'maxmemory', '0'))
  return refusing(arena, random, 'OOM', { what: 'Redis full', begin, end })
}

/** Redis is a replica of nobody and refuses to write. */
export async function readOnly(arena: Arena, random: Random): Promise<Injection> {
  const follow = async (...whom: [string, string]): Promise<void> => {
    await arena.redis.call('REPLICAOF', ...whom)
  }
  const begin = (): Promise<void> => follow('127.0.0.1', DEAD_PORT)
  const end = (): Promise<void> => follow('NO', 'ONE')
  return refusing(arena, random, 'READONLY', { what: 'Redis read-only', begin, end })
}

/** The consumers cannot reach Redis. */
export async function cutLink(arena: Arena, random: Random): Promise<Injection> {
  const { redis } = arena.links
  const how = random.pick(['refuse', 'hold'] as const)
  const lastsMs = random.whole(500, CUT_MS_MAX)
  let hit = 0
  const begin = (): void => {
    hit = redis.cut(how)
  }
  const what = `Redis out of reach for ${lastsMs} ms (${how})`
  return lasting(arena, { what, lastsMs }, begin, () => {
    redis.restore()
    return hit > 0 ? `${hit} connections hit` : null
  })
}

/** Writes take effect, and nobody hears of it. */
export async function loseAnswers(arena: Arena, random: Random): Promise<Injection> {
  const { redis } = arena.links
  const count = random.whole(1, LOST_AT_ONCE_MAX)
  await wait(arena, random.whole(0, 300))
  const before = redis.lost
  return timed(`the next ${count} answers to writes are lost`, async () => {
    redis.loseNextAnswers(count)
    const end = Date.now() + LOST_LIMIT_MS
    while (redis.lost < before + count && Date.now() < end) await wait(arena, LOOK_MS)
    redis.loseNextAnswers(0)
    const lost = redis.lost - before
    return lost > 0 ? `${lost} writes took effect without an answer` : null
  })
}

/** Redis comes back without the last it had, as after a loss of power. */
export async function loseLastSecond(arena: Arena, random: Random): Promise<Injection> {
  const steps = random.whole(1, STEPS_MAX)
  const before = countSaid(arena, REREAD)
  return timed(`Redis comes back without its last ${steps} steps`, async () => {
    await killRedis(arena)
    const cut = cutLastSteps(redisFolder(arena.settings), steps)
    await arena.brokers.start()
    const isSeen = await isSaidAgain(arena, REREAD, before, REREAD_LIMIT_MS)
    const seen = isSeen ? 'read again' : 'nothing of it was committed'
    return cut.bytes > 0 ? `${cut.steps} steps, ${cut.bytes} bytes cut off; ${seen}` : null
  })
}

interface Refusal {
  what: string
  begin: () => Promise<void>
  end: () => Promise<void>
}

async function refusing(
  arena: Arena,
  random: Random,
  code: string,
  { what, begin, end }: Refusal,
): Promise<Injection> {
  const lastsMs = random.whole(REFUSES_MS_MIN, REFUSES_MS_MAX)
  const before = await countErrors(arena, code)
  return lasting(arena, { what: `${what} for ${lastsMs} ms`, lastsMs }, begin, async () => {
    await end()
    const refused = (await countErrors(arena, code)) - before
    return refused > 0 ? `${refused} commands were refused with ${code}` : null
  })
}
