import type { Drill } from '../drill.ts'
import * as redis from '../faults/redis-faults.ts'
import { writeAsCommands } from '../faults/redis-part.ts'

const SHORT_FREEZE_MS = 5_000
const LONG_FREEZE_MS = 30_000
const BACK = { recoverWithinMs: 30_000, gapWithinMs: null }
const WAITS = 'The consumers wait, dead-letter nothing, and go on; every effect stays one.'

/** Faults of the place where orders are kept. */
export const redisDrills: Drill[] = [
  {
    name: 'redis-kill',
    fault: 'F14',
    title: 'Redis is killed and started again.',
    expect: WAITS,
    injections: { smoke: 1, nightly: 2, release: 3 },
    ...BACK,
    inject: redis.kill,
  },
  {
    name: 'redis-freeze',
    fault: 'F14',
    title: 'Redis stands still for 5 s with its connections open.',
    expect: WAITS,
    injections: { smoke: 0, nightly: 1, release: 2 },
    ...BACK,
    inject: (arena) => redis.freeze(arena, SHORT_FREEZE_MS),
  },
  {
    name: 'redis-freeze-long',
    fault: 'F14',
    title: 'Redis stands still for 30 s with its connections open.',
    expect: WAITS,
    injections: { smoke: 0, nightly: 0, release: 1 },
    ...BACK,
    inject: (arena) => redis.freeze(arena, LONG_FREEZE_MS),
  },
  {
    name: 'redis-oom',
    fault: 'F14',
    title: 'Redis has no memory left and refuses to write.',
    expect: WAITS,
    injections: { smoke: 0, nightly: 1, release: 2 },
    ...BACK,
    inject: redis.fillUp,
  },
  {
    name: 'redis-readonly',
    fault: 'F14',
    title: 'Redis has become a replica and refuses to write.',
    expect: WAITS,
    injections: { smoke: 0, nightly: 1, release: 2 },
    ...BACK,
    inject: redis.readOnly,
  },
  {
    name: 'redis-link-cut',
    fault: 'F14',
    title: 'The consumers cannot reach Redis.',
    expect: WAITS,
    injections: { smoke: 0, nightly: 2, release: 3 },
    ...BACK,
    inject: redis.cutLink,
  },
  {
    name: 'redis-answer-lost',
    fault: 'F14',
    title: 'A write takes effect, and its answer never arrives.',
    expect: 'The write is tried again and has no second effect, not even in the counts.',
    injections: { smoke: 0, nightly: 5, release: 10 },
    ...BACK,
    inject: redis.loseAnswers,
  },
  {
    name: 'redis-loses-last-second',
    fault: 'F15',
    title: 'Redis comes back without its last 1 to 200 steps, as after a loss of power.',
    expect: 'The consumers notice that Redis knows less than was committed and read that again.',
    injections: { smoke: 1, nightly: 2, release: 3 },
    ...BACK,
    recoverWithinMs: 60_000,
    circumstances: { redisLost: true },
    prepare: writeAsCommands,
    inject: redis.loseLastSecond,
  },
]
