import type { FaultPointName } from '@orders/platform/fault-point'
import type { Arena, Injection } from '../drill.ts'
import type { Random } from '../random.ts'
import { crashAt, untilReady } from './crash.ts'
import { timed, wait } from './injection.ts'
import { complaints, takeInTurn } from './notes.ts'
import { liveServices, untilListening } from './services.ts'

const MOMENT_MAX_MS = 2_000
const STOP_LIMIT_MS = 10_000

/** A process is asked to end at some moment, each in its turn, and started again. */
export async function sigterm(arena: Arena, random: Random): Promise<Injection> {
  const kind = takeInTurn(arena, 'kind of service', ['producer', 'auto', 'batch'])
  const service = random.pick(liveServices(arena).filter(({ label }) => label.startsWith(kind)))
  await untilListening(arena, service)
  await wait(arena, random.whole(0, MOMENT_MAX_MS))
  return timed(`SIGTERM for ${service.label}`, async () => {
    const startedAt = Date.now()
    const { code, signal, atMs } = await service.restartWith({})
    const tookMs = atMs - startedAt
    if (code !== 0 || tookMs > STOP_LIMIT_MS) {
      const how = signal ?? `exit code ${code}`
      complaints.of(arena).push(`${service.label} ended by ${how} ${tookMs} ms after SIGTERM`)
    }
    await untilReady(arena, service)
    return `ended by ${signal ?? `exit code ${code}`} after ${tookMs} ms`
  })
}

/** A producer kills itself around a send; the next one begins with what the ledger has open. */
export async function crashProducer(arena: Arena, random: Random): Promise<Injection> {
  const point: FaultPointName = takeInTurn(arena, 'point', ['before-send', 'after-send'] as const)
  const producer = random.pick(arena.producers.filter(({ isRetired }) => !isRetired))
  const nth = random.whole(2, 40)
  await untilListening(arena, producer)
  return timed(`${producer.label} kills itself at ${point}, passage ${nth}`, async () => {
    const ending = await crashAt(arena, producer, point, nth)
    if (ending === null) return null
    await untilReady(arena, producer)
    const line = producer.lines.findLast((text) => /were not acknowledged/.test(text))
    const left = /(\d+) orders of an earlier run/.exec(line ?? '')?.[1]
    return left === undefined ? 'it left nothing open' : `${left} orders went first again`
  })
}
