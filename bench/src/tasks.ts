/** What is measured. */
export type TaskName =
  | 'produce'
  | 'batch-one'
  | 'batch-partition'
  | 'auto-one'
  | 'auto-partition'
  | 'auto-background'
  | 'latency'

/** One thing that every program has to do in the same way. */
export interface Task {
  name: TaskName
  kind: 'produce' | 'consume' | 'latency'
  /** What is done, in one line. */
  title: string
  orders: number
  quickOrders: number
}

/** How many orders a second are made where the time of each is measured. */
export const LATENCY_RATE = 500

/** All tasks, in the order in which they are done. */
export const TASKS: readonly Task[] = [
  {
    name: 'produce',
    kind: 'produce',
    title: 'orders to Kafka until every one is acknowledged: acks=all, idempotent',
    orders: 600_000,
    quickOrders: 10_000,
  },
  {
    name: 'batch-one',
    kind: 'consume',
    title: 'ten over all partitions → Redis → one commit of those ten, no two at once; one worker',
    orders: 100_000,
    quickOrders: 3_000,
  },
  {
    name: 'batch-partition',
    kind: 'consume',
    title:
      'ten of a partition → Redis → one commit of those ten, no two of it at once; a worker each',
    orders: 100_000,
    quickOrders: 3_000,
  },
  {
    name: 'auto-one',
    kind: 'consume',
    title: 'one order → Redis → committed → the next one; one worker',
    orders: 15_000,
    quickOrders: 500,
  },
  {
    name: 'auto-partition',
    kind: 'consume',
    title: 'one order → Redis → committed → the next one; a worker a partition',
    orders: 15_000,
    quickOrders: 500,
  },
  {
    name: 'auto-background',
    kind: 'consume',
    title: 'one order → Redis → the next one, commits in the background; a worker a partition',
    orders: 300_000,
    quickOrders: 5_000,
  },
  {
    name: 'latency',
    kind: 'latency',
    title: `from making an order until it is in Redis, at ${LATENCY_RATE} orders a second; a worker a partition`,
    orders: 10_000,
    quickOrders: 1_000,
  },
]
