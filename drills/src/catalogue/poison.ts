import type { Drill } from '../drill.ts'
import { giveComplaints } from '../faults/notes.ts'
import {
  POISON_KINDS,
  dieAtDeadLetter,
  poison,
  registerSchemas,
  whileUnavailable,
} from '../faults/poison.ts'

/** Messages that are no orders. */
export const poisonDrills: Drill[] = [
  {
    name: 'poison-matrix',
    fault: 'F17',
    title: 'Every kind of bad message, one after the other, in the middle of the orders.',
    expect: 'Each is on the dead-letter topic once, same bytes; orders beside it are not delayed.',
    injections: { smoke: POISON_KINDS, nightly: POISON_KINDS * 2, release: POISON_KINDS },
    recoverWithinMs: 10_000,
    gapWithinMs: 5_000,
    prepare: registerSchemas,
    inject: poison,
    check: giveComplaints,
  },
  {
    name: 'kill-at-dead-letter',
    fault: 'F17',
    title: 'A consumer dies when a dead letter is written, and before its offset is passed.',
    expect: 'The bad message is found again, and is not a dead letter twice.',
    injections: { smoke: 0, nightly: 2, release: 3 },
    recoverWithinMs: 60_000,
    gapWithinMs: 30_000,
    prepare: registerSchemas,
    inject: dieAtDeadLetter,
    check: giveComplaints,
  },
  {
    name: 'dlq-unavailable',
    fault: 'F18',
    title: 'A bad message comes while the dead-letter topic takes nothing.',
    expect: 'Its offset is not passed before the dead letter is there; the partition waits.',
    injections: { smoke: 1, nightly: 1, release: 1 },
    recoverWithinMs: 60_000,
    gapWithinMs: 30_000,
    prepare: registerSchemas,
    inject: whileUnavailable,
    check: giveComplaints,
  },
]
