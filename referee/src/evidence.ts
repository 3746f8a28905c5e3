/**
 * All that is known of a run, as the referee has read it with its own eyes. Values only: the checks
 * in `checks/` are functions of it. Offsets are whole numbers below 2^53.
 */
export interface Evidence {
  topic: string
  dlqTopic: string
  ledger: LedgerEvidence
  log: LogEvidence
  deadLetters: DeadLetter[]
  consumers: ConsumerEvidence[]
  /** What is known of the circumstances beside what was read. */
  circumstances: Circumstances
}

/** A place on a topic. */
export interface Place {
  partition: number
  offset: number
}

/** An order by what it says; equal digests mean equal content, whoever wrote it down. */
export interface OrderContent {
  orderId: string
  customerId: string
  totalCents: number
  /** Of all fields, in one canonical form: see `order-digest.ts`. */
  digest: string
}

/** What the producers say of every order they tried. */
export interface LedgerEvidence {
  /** The names of the ledgers that were read. */
  files: string[]
  /** By order id. */
  orders: ReadonlyMap<string, LedgerOrder>
  /** Lines that could not be read, except a torn last one. */
  unreadable: { file: string; line: number; why: string }[]
}

/** One order in the ledgers, with everything that was ever said about it. */
export interface LedgerOrder extends OrderContent {
  /** The ledger, as an index into `files`. */
  file: number
  /** Its turn in that ledger, from 0: the order in which they were tried. */
  turn: number
  /** Every acknowledgement; more than one is a violation by itself. */
  acknowledged: Place[]
  /** A line said that it is certainly not on the log. */
  isRefused: boolean
  /** A line said that no answer came. */
  isUnknown: boolean
}

/** The whole of the topic, or what is left of it. */
export interface LogEvidence {
  /** Sorted by partition and offset. */
  records: LogRecord[]
  /** Per partition: the first offset that is still there, and the one after the last. */
  ranges: ReadonlyMap<number, { low: number; end: number }>
}

/** One record of the topic, judged by the referee's own reading of bytes and rules. */
export interface LogRecord extends Place {
  order: OrderContent | null
  /** Why it is no order; null when it is one. */
  bad: string | null
  /** SHA-256 of key and value; null where there is none. */
  keyDigest: string | null
  valueDigest: string | null
}

/** One record of the dead-letter topic. */
export interface DeadLetter extends Place {
  /** Where it says it comes from; null when its headers do not say so. */
  source: (Place & { topic: string }) | null
  keyDigest: string | null
  valueDigest: string | null
  /** Names of headers that every dead letter must have and this one has not. */
  missingHeaders: string[]
  reason: string | null
}

/** What one consumer group has left behind. */
export interface ConsumerEvidence {
  /** As in the Redis keys: `auto` or `batch`. */
  name: string
  groupId: string
  /** How many messages a commit covers: 1 or 10; 0 when they come by the clock. */
  commitEvery: number
  /** Committed offsets by partition, read from Kafka before anything was read from Redis. */
  committed: ReadonlyMap<number, number>
  /** Every commit that the brokers have written down, in their order; null when it was not read. */
  commits: CommitRecord[] | null
  positions: ReadonlyMap<number, StoredPosition>
  /** The hashes in Redis by order id. */
  stored: ReadonlyMap<string, StoredOrder>
  /** What each process of the group says it did; null when no trace was kept. */
  traces: ProcessTrace[] | null
}

/** One committed offset. */
export interface CommitRecord extends Place {
  /** When the broker took it, in ms. All partitions of one commit have the same. */
  at: number
}

/** What a consumer keeps in Redis about one partition. */
export interface StoredPosition {
  /** The offset after the last message that is in Redis. */
  next: number
  stored: number
  deliveredAgain: number
  deadLettered: number
}

/** An order in Redis. */
export interface StoredOrder extends OrderContent, Place {
  deliveries: number
}

/** What one process of a consumer did, in its own order. */
export interface ProcessTrace {
  file: string
  events: TraceEvent[]
}

/** See `platform/src/trace.ts`, which writes them. `at` is in ms since 1970. */
export type TraceEvent = { at: number } & (
  | { event: 'started'; service: string; pid: number; workers?: 'one' | 'partition' }
  /** The group has confirmed this member with these partitions. */
  | { event: 'joined'; partitions: number[] }
  /** The group has changed: what is not committed comes again. */
  | { event: 'dropped' }
  /** These messages are being handled from here on. */
  | { event: 'taken'; partition: number; offsets: number[] }
  /** A bad one among them is on the dead-letter topic. */
  | { event: 'dead-lettered'; partition: number; offset: number }
  /** They are in Redis, or on the dead-letter topic, all of them. */
  | { event: 'stored'; partition: number; offsets: number[] }
  /**
   * The commit has been confirmed: next offsets by partition. `isLate`: the group had changed by
   * the time the answer came, so it belongs to the membership before the last `dropped`.
   */
  | { event: 'committed'; offsets: Record<string, number>; isLate: boolean }
  /** Redis knows less than the group has committed: read again from here. */
  | { event: 'rewound'; partition: number; offset: number }
)

/** What a referee cannot see by itself; a drill knows it and says so. */
export interface Circumstances {
  /** The run is still going: what is not finished yet is no violation. */
  isRunning: boolean
  /** Redis has lost writes on purpose; commits may then go back to where Redis is. */
  redisLost: boolean
  /** Nothing was broken: no redelivery and no dead letter is to be seen (F25). */
  isHealthy: boolean
  /** Groups whose commits were changed by somebody from outside, such as an operator. */
  movedGroups: string[]
  /** Moments at which a commit was ahead of what Redis knew; null when nobody watched. */
  fenceWatch: FenceWatch | null
  /** What a drill has measured; null when there was none. */
  liveness: Liveness | null
}

/** What was seen while the run was going: Kafka's commit first, then Redis. */
export interface FenceWatch {
  samples: number
  ahead: (Place & { consumer: string; stored: number; at: number })[]
}

/** Whether things went on. */
export interface Liveness {
  /** Each one is a sentence about something that did not go on, or came back too late. */
  failures: string[]
  /** What was held against what, for people. */
  measured: string
}
