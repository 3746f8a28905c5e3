import type { FaultPointName } from '@orders/platform/fault-point'
import type { Arena } from '../drill.ts'
import type { Ending, Service } from '../service.ts'
import { until } from '../until.ts'

const DIE_LIMIT_MS = 45_000
const READY_LIMIT_MS = 45_000

/**
 * Starts a service anew so that it kills itself at the nth passage of a point, and waits for that
 * end; null when the point was not reached in time.
 */
export async function crashAt(
  { signal }: Arena,
  service: Service,
  point: FaultPointName,
  nth: number,
): Promise<Ending | null> {
  await service.restartWith({ FAULT_POINT: `${point}:${nth}:kill` })
  const life = service.lives
  const find = (): Ending | undefined => service.endings.find((ending) => ending.life === life)
  const what = `${service.label} dies at ${point}`
  await until({ what, limitMs: DIE_LIMIT_MS, signal }, () => find() !== undefined)
  const ending = find()
  return ending?.signal === 'SIGKILL' ? ending : null
}

/** Waits until the life after this one has begun to work: whoever kills it sooner hits nothing. */
export async function untilReady({ signal }: Arena, service: Service): Promise<void> {
  const what = `${service.label} is at work`
  const file = (): string | undefined => service.traceFiles[service.lives - 1]
  await until({ what, limitMs: READY_LIMIT_MS, signal }, () => {
    return service.pid !== null && file() !== undefined && isAtWork(service)
  })
}

function isAtWork(service: Service): boolean {
  const begun = service.lines.findLastIndex((line) => line.startsWith('drill: life'))
  const said = service.lines.slice(begun + 1)
  return said.some((line) => /joined the group|acknowledged|orders of an earlier run/.test(line))
}
