import type { Drill } from '../drill.ts'
import { giveComplaints } from '../faults/notes.ts'
import { onOneFile, onOneLedger } from '../faults/second-producers.ts'
import { forgetOffsets, makeAnew, passRetention } from '../faults/topic-faults.ts'

/** Beside the orders of the drill something is done to a topic of its own; they are not concerned. */
const ASIDE = {
  load: { members: 1, ordersPerSecond: 40 },
  recoverWithinMs: 20_000,
  gapWithinMs: 20_000,
  check: giveComplaints,
}

/** What operators and second producers do. */
export const topicDrills: Drill[] = [
  {
    name: 'ledger-in-use',
    fault: 'F20',
    title: 'A producer is started a second time on the same ledger.',
    expect: 'The second one refuses in one line; the first goes on.',
    injections: { smoke: 1, nightly: 1, release: 2 },
    recoverWithinMs: 15_000,
    gapWithinMs: 10_000,
    inject: onOneLedger,
    check: giveComplaints,
  },
  {
    name: 'same-orders-twice',
    fault: 'F20',
    title: 'Two producers with a ledger each send the same orders.',
    expect: 'Each order is twice on the log, and has its effect once.',
    injections: { smoke: 0, nightly: 1, release: 2 },
    recoverWithinMs: 15_000,
    gapWithinMs: 10_000,
    inject: onOneFile,
    check: giveComplaints,
  },
  {
    name: 'topic-made-anew',
    fault: 'F22',
    title: 'A topic is deleted and made again under the same name.',
    expect: 'A loud line; every order on the new one is stored, and its bad message buried.',
    injections: { smoke: 1, nightly: 1, release: 2 },
    ...ASIDE,
    inject: makeAnew,
  },
  {
    name: 'retention-passed',
    fault: 'F22',
    title: 'The log begins after what the consumers had read when they were stopped.',
    expect: 'A loud line that names what is gone; every order still on the log is stored.',
    injections: { smoke: 0, nightly: 1, release: 1 },
    ...ASIDE,
    inject: passRetention,
  },
  {
    name: 'offsets-forgotten',
    fault: 'F22',
    title: 'The groups are deleted while they are down.',
    expect: 'A loud line; everything comes again from the beginning, without a second effect.',
    injections: { smoke: 0, nightly: 1, release: 1 },
    ...ASIDE,
    inject: forgetOffsets,
  },
]
