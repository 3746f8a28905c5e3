/** The moments at which a consumer can be told to die. */
export const CONSUMER_FAULT_POINTS = [
  'before-write',
  'after-write',
  'before-commit',
  'after-commit',
  'after-dead-letter',
] as const

/** The moments at which a producer can be told to die. */
export const PRODUCER_FAULT_POINTS = ['before-send', 'after-send'] as const

/** A named moment in the life of an order. */
export type FaultPointName =
  (typeof CONSUMER_FAULT_POINTS)[number] | (typeof PRODUCER_FAULT_POINTS)[number]

/** What to do at which passage of which point. */
export interface FaultPlan {
  point: string
  /** The passage of that point in this process, from 1. */
  nth: number
  /** Milliseconds in which the whole process stands still; null is its sudden death. */
  stallMs: number | null
}

/** Passes a point: does nothing, except at the one passage that was planned. */
export type PassPoint = (point: FaultPointName) => Promise<void>

const STALL_MS_MAX = 600_000
const PLAN = /^([a-z-]+):(\d{1,9}):(?:kill|stall-(\d{1,6}))$/

/** Reads a plan such as `after-write:7:kill` or `before-write:1:stall-20000`; null when it is none. */
export function parseFaultPlan(text: string, points: readonly string[]): FaultPlan | null {
  const [, point = '', nth, stall] = PLAN.exec(text) ?? []
  const stallMs = stall === undefined ? null : Number(stall)
  if (!points.includes(point) || Number(nth) < 1 || (stallMs ?? 0) > STALL_MS_MAX) return null
  return { point, nth: Number(nth), stallMs }
}

/**
 * Arms a process with a plan, for drills. Death is SIGKILL: nothing is flushed, released or said,
 * as when the machine's memory killer comes. A stall blocks the event loop, for a promise that
 * waits would let the heartbeats of other partitions go on and keep the member in its group.
 */
export function armFaultPoint(plan: FaultPlan | undefined): PassPoint {
  if (!plan) return () => Promise.resolve()
  let passages = 0
  return async (point) => {
    if (point !== plan.point) return
    passages += 1
    if (passages !== plan.nth) return
    if (plan.stallMs === null) process.kill(process.pid, 'SIGKILL')
    standStill(plan.stallMs ?? STALL_MS_MAX)
  }
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
