import type {
  CommitRecord,
  ConsumerEvidence,
  LogRecord,
  StoredOrder,
  StoredPosition,
  TraceEvent,
} from './evidence.ts'
import type { RunOptions } from './run.samples.ts'

interface GroupSetup {
  name: string
  commitEvery: number
  records: LogRecord[]
  options: RunOptions
  chance: () => number
}

type Said<T> = T extends unknown ? Omit<T, 'at'> : never

const MEMBERS_MAX = 3

/** Lets a group of well-behaved processes read a log to its end. */
export function runGroup(setup: GroupSetup): ConsumerEvidence {
  const group = new Group(setup)
  group.rebalance()
  while (!group.isDone) {
    if (setup.chance() < setup.options.rebalanceChance) group.rebalance()
    group.deliver()
  }
  group.answerAll()
  return group.evidence
}

interface Member {
  events: TraceEvent[]
  owned: number[]
  /** Where it reads on, by partition. */
  reading: Map<number, number>
  /** What is collected: of all partitions, or of each. */
  batches: Map<number | 'all', Batch>
  /** Commits that were sent and not answered. */
  due: Map<number | 'all', Batch>
}

interface Batch {
  count: number
  next: Map<number, number>
  /** The brokers have written it down, whether or not the process knows. */
  isTaken: boolean
}

/** A consumer group, and what it leaves in Redis and with the brokers. */
class Group {
  readonly #setup: GroupSetup
  readonly #logs: LogRecord[][]
  readonly #traces: { file: string; events: TraceEvent[] }[] = []
  readonly #committed = new Map<number, number>()
  readonly #commits: CommitRecord[] = []
  readonly #positions = new Map<number, StoredPosition>()
  readonly #stored = new Map<string, StoredOrder>()
  #members: Member[] = []
  #clock = 1_000_000

  constructor(setup: GroupSetup) {
    this.#setup = setup
    this.#logs = Array.from({ length: setup.options.partitions }, (_, partition) =>
      setup.records.filter((record) => record.partition === partition),
    )
  }

  get evidence(): ConsumerEvidence {
    const { name, commitEvery } = this.#setup
    return {
      name,
      groupId: `consumer-${name}`,
      commitEvery,
      committed: this.#committed,
      commits: this.#commits,
      positions: this.#positions,
      stored: this.#stored,
      traces: this.#traces,
    }
  }

  /** Everything is stored, and nobody has anything left to read. */
  get isDone(): boolean {
    return this.#members.every((member) => this.#readable(member).length === 0)
  }

  /** All members join anew, some of them for the first time. */
  rebalance(): void {
    const { chance, options } = this.#setup
    const wanted = options.rebalanceChance === 0 ? 1 : 1 + Math.floor(chance() * MEMBERS_MAX)
    while (this.#members.length < wanted) this.#members.push(this.#start())
    for (const member of this.#members) this.#drop(member)
    this.#members.splice(wanted)
    this.#members.forEach((member, index) => {
      const owned = this.#logs.map((_, id) => id).filter((id) => id % wanted === index)
      member.owned = owned
      member.reading = new Map(owned.map((id) => [id, this.#committed.get(id) ?? 0]))
      this.#say(member, { event: 'joined', partitions: owned })
    })
  }

  /** Of the commits that are out some are answered before, some late, some never. */
  #drop(member: Member): void {
    const { chance } = this.#setup
    const isAnswered = (): boolean => chance() < 1 / 2
    for (const name of member.due.keys()) if (isAnswered()) this.#answer(member, name)
    this.#say(member, { event: 'dropped' })
    for (const name of member.due.keys()) if (isAnswered()) this.#answer(member, name, true)
    member.due.clear()
    member.batches.clear()
  }

  /** Nothing is left out at the end. */
  answerAll(): void {
    for (const member of this.#members) {
      for (const name of member.due.keys()) this.#answer(member, name)
    }
  }

  #start(): Member {
    const events: TraceEvent[] = []
    const file = `trace-${this.#traces.length}.jsonl`
    this.#traces.push({ file, events })
    const member = { events, owned: [], reading: new Map(), batches: new Map(), due: new Map() }
    const { name, options } = this.#setup
    const workers = options.hasWorkerForEach ? 'partition' : 'one'
    this.#say(member, { event: 'started', service: name, pid: this.#traces.length, workers })
    return member
  }

  #nameOf(partition: number): number | 'all' {
    return this.#setup.options.hasWorkerForEach ? partition : 'all'
  }

  #batchOf({ batches }: Member, partition: number): Batch {
    const name = this.#nameOf(partition)
    const batch = batches.get(name) ?? { count: 0, next: new Map(), isTaken: false }
    batches.set(name, batch)
    return batch
  }

  #say(member: Member, event: Said<TraceEvent>): void {
    this.#clock += 1
    member.events.push({ at: this.#clock, ...event })
  }

  #readable({ owned, reading }: Member): number[] {
    return owned.filter((id) => (reading.get(id) ?? 0) < (this.#logs[id]?.length ?? 0))
  }

  /** Somebody takes something, and may die on the way. */
  deliver(): void {
    const { chance, commitEvery } = this.#setup
    const ready = this.#members.filter((member) => this.#readable(member).length > 0)
    const member = ready[Math.floor(chance() * ready.length)]
    if (!member) return
    const choices = this.#readable(member)
    const partition = choices[Math.floor(chance() * choices.length)] ?? 0
    const from = member.reading.get(partition) ?? 0
    const room = commitEvery - this.#batchOf(member, partition).count
    const messages =
      this.#logs[partition]?.slice(from, from + 1 + Math.floor(chance() * room)) ?? []
    if (!this.#handle(member, partition, messages)) {
      this.#members = this.#members.filter((one) => one !== member)
      this.rebalance()
    }
  }

  /** False when the process has died. */
  #handle(member: Member, partition: number, messages: LogRecord[]): boolean {
    const { chance, commitEvery, options } = this.#setup
    const survives = (): boolean => chance() >= options.killChance
    const offsets = messages.map(({ offset }) => offset)
    const next = (offsets.at(-1) ?? 0) + 1
    this.#say(member, { event: 'taken', partition, offsets })
    for (const { bad, offset } of messages) {
      if (bad) this.#say(member, { event: 'dead-lettered', partition, offset })
    }
    if (!survives()) return false
    this.#write(partition, messages, next)
    if (!survives()) return false
    this.#say(member, { event: 'stored', partition, offsets })
    member.reading.set(partition, next)
    const batch = this.#batchOf(member, partition)
    batch.count += messages.length
    batch.next.set(partition, next)
    const name = this.#nameOf(partition)
    if (chance() < 1 / 2) this.#answer(member, name)
    if (batch.count < commitEvery) return survives()
    this.#answer(member, name)
    if (!survives()) return false
    member.batches.delete(name)
    member.due.set(name, batch)
    if (chance() < 1 / 2) this.#commit(batch)
    if (!survives()) return false
    // What comes next is stored while a commit is out, unless one message is all it is about.
    if (commitEvery === 1 || chance() < 1 / 2) this.#answer(member, name)
    return survives()
  }

  /** The answer to the commit that is out, if there is one. */
  #answer(member: Member, name: number | 'all', isLate = false): void {
    const batch = member.due.get(name)
    if (!batch) return
    this.#commit(batch)
    this.#say(member, { event: 'committed', offsets: Object.fromEntries(batch.next), isLate })
    member.due.delete(name)
  }

  #write(partition: number, messages: LogRecord[], next: number): void {
    const before = this.#positions.get(partition)
    const position = { ...(before ?? { next, stored: 0, deliveredAgain: 0, deadLettered: 0 }) }
    position.next = Math.max(position.next, next)
    for (const { order, offset } of messages) {
      if (!order) {
        position.deadLettered += 1
        continue
      }
      const found = this.#stored.get(order.orderId)
      if (found) {
        found.deliveries += 1
        position.deliveredAgain += 1
      } else {
        this.#stored.set(order.orderId, { ...order, partition, offset, deliveries: 1 })
        position.stored += 1
      }
    }
    this.#positions.set(partition, position)
  }

  #commit(batch: Batch): void {
    const { next, isTaken } = batch
    if (isTaken) return
    batch.isTaken = true
    this.#clock += 1
    for (const [partition, offset] of next) {
      this.#committed.set(partition, offset)
      this.#commits.push({ partition, offset, at: this.#clock })
    }
  }
}
