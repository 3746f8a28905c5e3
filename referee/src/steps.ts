import type { ProcessTrace, TraceEvent } from './evidence.ts'

/** An event in the life of a process, with what the group had told it at that moment. */
export interface Step {
  event: TraceEvent
  /** The membership to which the event belongs: counts the joins; 0 before the first. */
  epoch: number
  /** What the process owns at that moment, as the brokers see it. */
  owned: ReadonlySet<number>
  /** It came after the end of its membership: a slow write, or a slow answer to a commit. */
  isLate: boolean
}

interface Taken {
  partition: number
  first: number
  epoch: number
}

const NONE: ReadonlySet<number> = new Set()

/** Whether the process has a worker for each partition, which waits for its own commits only. */
export function hasWorkerForEach({ events }: ProcessTrace): boolean {
  return events.some((event) => event.event === 'started' && event.workers === 'partition')
}

/** Goes through the life of a process. */
export function* readSteps({ events }: ProcessTrace): Generator<Step> {
  let epoch = 0
  let owned = NONE
  let isOutside = true
  const open = new OpenTakes()
  for (const event of events) {
    let isLate = isOutside
    let belongsTo = epoch
    if (event.event === 'joined') {
      epoch += 1
      belongsTo = epoch
      owned = new Set(event.partitions)
      isOutside = false
      isLate = false
    } else if (event.event === 'dropped') isOutside = true
    else if (event.event === 'taken') open.add(event.partition, event.offsets[0], epoch)
    else if (event.event === 'rewound') open.forget(event.partition)
    else if (event.event === 'stored') {
      const takenIn = open.close(event.partition, event.offsets[0])
      isLate ||= takenIn !== epoch
    } else if (event.event === 'committed') {
      isLate = event.isLate
      if (isLate && !isOutside) belongsTo = epoch - 1
    }
    // While the group changes, the brokers still take the answer to what was asked before.
    const isNobodys = isOutside && !isLate
    yield { event, epoch: belongsTo, owned: isNobodys ? NONE : owned, isLate }
  }
}

/** What was taken and is not stored yet. */
class OpenTakes {
  #takes: Taken[] = []

  add(partition: number, first = -1, epoch: number): void {
    this.#takes = [
      { partition, first, epoch },
      ...this.#takes.filter((one) => one.epoch >= epoch - 1),
    ]
  }

  /** The membership in which this was taken. Of two takes of one message the newest counts. */
  close(partition: number, first = -1): number | null {
    const at = this.#takes.findIndex((one) => one.partition === partition && one.first === first)
    const found = this.#takes[at]
    this.#takes = this.#takes.filter((one) => one !== found)
    return found?.epoch ?? null
  }

  /** The partition is read again: what was taken of it does not count. */
  forget(partition: number): void {
    this.#takes = this.#takes.filter((one) => one.partition !== partition)
  }
}
