import type { Arena, Injection } from '../drill.ts'
import type { RegistryMood } from '../links/registry-link.ts'
import type { Random } from '../random.ts'
import { until } from '../until.ts'
import { lasting, timed, wait } from './injection.ts'
import { complaints, takeInTurn } from './notes.ts'
import { CONSUMERS, untilShared } from './services.ts'

const MOODS: readonly RegistryMood[] = [
  'down',
  'hang',
  '500',
  '401',
  '404-without-code',
  '503-html',
  'slow-10000',
]
const WARM_MS = 4_000
const COLD_MS = 3_000
const ASK_LIMIT_MS = 1_000
const WAITS_LIMIT_MS = 60_000
const ORDERS_AFTER = 20
const PROGRESS_LIMIT_MS = 60_000
const WAITING = /waiting for the schema registry/

/** The registry is away while everybody who needs it has asked before. */
export async function whileWarm(arena: Arena): Promise<Injection> {
  const { registry } = arena.links
  const mood = takeInTurn(arena, 'mood', MOODS)
  let answer = ''
  const begin = async (): Promise<void> => {
    registry.become(mood)
    answer = await ask(arena.links.registryUrl)
  }
  const stored = CONSUMERS.map((name) => arena.pulse.stored(name))
  const what = `the registry is ${mood} for ${WARM_MS} ms, schemas known`
  return lasting(arena, { what, lastsMs: WARM_MS }, begin, () => {
    // The one who looked is no service.
    const asked = registry.hit - 1
    registry.become('pass')
    if (asked > 0) complaints.of(arena).push(`${asked} requests met the registry while ${mood}`)
    const more = CONSUMERS.map((name, index) => arena.pulse.stored(name) - (stored[index] ?? 0))
    return `it answered «${answer}»; meanwhile ${more.join(' and ')} orders were stored`
  })
}

/** A member of each group starts while the registry is away: it knows no schema yet. */
export async function whileCold(arena: Arena, random: Random): Promise<Injection> {
  const { registry } = arena.links
  const { signal } = arena
  const mood = takeInTurn(arena, 'mood', MOODS)
  const name = random.pick(CONSUMERS)
  return timed(`a member of ${name} starts while the registry is ${mood}`, async () => {
    registry.become(mood)
    const member = arena.addMember(name)
    try {
      const what = `${member.label} waits for the registry`
      await until({ what, limitMs: WAITS_LIMIT_MS, signal }, () => member.count(WAITING) > 0)
      await wait(arena, COLD_MS)
    } finally {
      registry.become('pass')
    }
    await arena.pulse.untilProgress(ORDERS_AFTER, PROGRESS_LIMIT_MS, signal)
    const waits = member.count(WAITING)
    const letters = member.count(/dead-lettered/)
    if (letters > 0) complaints.of(arena).push(`${member.label} dead-lettered while ${mood}`)
    await member.terminate()
    await untilShared(arena)
    return `${member.label} said ${waits} times that it waits`
  })
}

async function ask(url: string): Promise<string> {
  try {
    const { status } = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(ASK_LIMIT_MS) })
    return `${status}`
  } catch {
    return 'nothing'
  }
}
