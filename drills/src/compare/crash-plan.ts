import { createRandom } from '../random.ts'

/** A moment at which every consumer of the comparison is killed. */
export interface Crash {
  point: 'before-write' | 'after-write'
  /** The message of its life at which it dies, from 1. */
  message: number
}

/** So many lives end early; the orders must be more than their messages together. */
export const CRASHES = 4
const MESSAGE_MIN = 12
/** No life reaches further, so that those after it still have something to read. */
export const MESSAGE_MAX = 45

/** Plans the deaths by the seed: both moments equally often, since each hurts another way. */
export function planCrashes(seed: number): Crash[] {
  const random = createRandom(seed, 'compare crashes', 0)
  const points: Crash['point'][] = ['before-write', 'after-write']
  if (random.whole(0, 1) === 1) points.reverse()
  return Array.from({ length: CRASHES }, (_, turn) => ({
    point: points[turn % points.length] ?? 'before-write',
    message: random.whole(MESSAGE_MIN, MESSAGE_MAX),
  }))
}

/** The crash as a consumer is told it; one that writes several at once dies at the write of it. */
export function crashSetting({ point, message }: Crash, messagesPerWrite: number): string {
  return `${point}:${Math.ceil(message / messagesPerWrite)}:kill`
}
