import type { FaultPointName } from '@orders/platform/fault-point'
import type { Drill } from '../drill.ts'
import { checkDeaths, killAtPoint } from '../faults/killed-consumers.ts'
import { giveComplaints } from '../faults/notes.ts'
import { crashProducer, sigterm } from '../faults/processes.ts'
import { join, killMember, leave, stall, storm } from '../faults/rebalance.ts'

/** A session of 10 s has to end before the partitions of a dead member go to another. */
const AFTER_A_DEATH = { recoverWithinMs: 60_000, gapWithinMs: 30_000 }
const AUTO_PASSAGES_MAX = 60
const BATCH_PASSAGES_MAX = 30
const COMMITS_MAX = 8

/** Deaths, stops and changes of the processes themselves. */
export const consumerDrills: Drill[] = [
  {
    name: 'auto-kill-after-write',
    fault: 'F9',
    title: 'consumer-auto dies between the write to Redis and the commit.',
    expect: 'The one order in hand comes again and has no second effect.',
    injections: { smoke: 1, nightly: 2, release: 3 },
    ...AFTER_A_DEATH,
    inject: (arena, random) => killAuto(arena, random, ['after-write']),
    check: checkDeaths,
  },
  {
    name: 'auto-kill-elsewhere',
    fault: 'F9',
    title: 'consumer-auto dies before the write, before the commit, or right after it.',
    expect: 'At most the one order in hand comes again; what was committed does not.',
    injections: { smoke: 0, nightly: 2, release: 3 },
    ...AFTER_A_DEATH,
    inject: (arena, random) =>
      killAuto(arena, random, ['before-write', 'before-commit', 'after-commit']),
    check: checkDeaths,
  },
  {
    name: 'batch-kill-collecting',
    fault: 'F10',
    title: 'consumer-batch dies with one to twenty orders in Redis and none known to be committed.',
    expect: 'Those come again, at most twenty, without a second effect.',
    injections: { smoke: 1, nightly: 2, release: 3 },
    ...AFTER_A_DEATH,
    inject: (arena, random) =>
      killAtPoint(arena, random, 'batch', ['after-write'], BATCH_PASSAGES_MAX),
    check: checkDeaths,
  },
  {
    name: 'batch-kill-at-commit',
    fault: 'F10',
    title: 'consumer-batch dies right before its commit, or right after it.',
    expect: 'All ten come again, or none; so do those that are stored already for the next commit.',
    injections: { smoke: 0, nightly: 2, release: 3 },
    ...AFTER_A_DEATH,
    inject: (arena, random) =>
      killAtPoint(arena, random, 'batch', ['before-commit', 'after-commit'], COMMITS_MAX),
    check: checkDeaths,
  },
  {
    name: 'consumer-stall',
    fault: 'F12',
    title: 'A member stands still for twice its session in the middle of an order.',
    expect: 'It is put out of its group; what it does when it wakes has no effect; it comes back.',
    injections: { smoke: 1, nightly: 1, release: 1 },
    recoverWithinMs: 60_000,
    gapWithinMs: 30_000,
    inject: stall,
  },
  {
    name: 'rebalance-join',
    fault: 'F11',
    title: 'A member more joins a group that is at work.',
    expect: 'Partitions move; no commit for a partition that is not owned.',
    injections: { smoke: 0, nightly: 1, release: 2 },
    recoverWithinMs: 45_000,
    gapWithinMs: 25_000,
    inject: join,
  },
  {
    name: 'rebalance-leave',
    fault: 'F11',
    title: 'A member leaves its group by SIGTERM.',
    expect: 'The others take over its partitions; what it had collected comes again.',
    injections: { smoke: 0, nightly: 1, release: 2 },
    recoverWithinMs: 45_000,
    gapWithinMs: 25_000,
    inject: leave,
    check: giveComplaints,
  },
  {
    name: 'rebalance-storm',
    fault: 'F11',
    title: 'Members of both groups come and go without a pause.',
    expect: 'As with a single one.',
    injections: { smoke: 1, nightly: 1, release: 1 },
    recoverWithinMs: 60_000,
    gapWithinMs: 45_000,
    inject: storm,
    check: giveComplaints,
  },
  {
    name: 'member-kill',
    fault: 'F11',
    title: 'A member is killed with kill -9 at any moment.',
    expect: 'Its partitions go to another when its session of 10 s is over.',
    injections: { smoke: 0, nightly: 1, release: 2 },
    ...AFTER_A_DEATH,
    inject: killMember,
  },
  {
    name: 'sigterm-anyone',
    fault: 'F13',
    title: 'A process gets SIGTERM at any moment and is started again.',
    expect: 'It ends with exit code 0 within 10 s.',
    injections: { smoke: 3, nightly: 3, release: 6 },
    recoverWithinMs: 45_000,
    gapWithinMs: 25_000,
    inject: sigterm,
    check: giveComplaints,
  },
  {
    name: 'producer-kill',
    fault: 'F9',
    title: 'A producer dies right before a send, or right after one was acknowledged.',
    expect:
      'What its ledger has open goes first; an order may be on the log twice, its effect once.',
    injections: { smoke: 0, nightly: 2, release: 4 },
    recoverWithinMs: 30_000,
    gapWithinMs: 15_000,
    inject: crashProducer,
  },
]

function killAuto(
  arena: Parameters<Drill['inject']>[0],
  random: Parameters<Drill['inject']>[1],
  points: FaultPointName[],
): ReturnType<Drill['inject']> {
  return killAtPoint(arena, random, 'auto', points, AUTO_PASSAGES_MAX)
}
