import type { Drill } from '../drill.ts'
import { giveComplaints } from '../faults/notes.ts'
import { whileCold, whileWarm } from '../faults/registry-faults.ts'

/** Faults of the schema registry: down, hanging, slow, or answering nonsense. */
export const registryDrills: Drill[] = [
  {
    name: 'registry-warm',
    fault: 'F16',
    title: 'The registry is away while everybody knows the schema.',
    expect: 'No effect at all.',
    injections: { smoke: 0, nightly: 7, release: 7 },
    recoverWithinMs: 15_000,
    gapWithinMs: 5_000,
    inject: whileWarm,
    check: giveComplaints,
  },
  {
    name: 'registry-cold',
    fault: 'F16',
    title: 'A member starts while the registry is away: it cannot read a single order.',
    expect: 'It waits, dead-letters nothing, and goes on when the registry is back.',
    injections: { smoke: 1, nightly: 2, release: 7 },
    recoverWithinMs: 60_000,
    gapWithinMs: 45_000,
    inject: whileCold,
    check: giveComplaints,
  },
]
