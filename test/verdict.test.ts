import type { ConsumerName } from '@orders/platform/order-store'
import { describe, expect, test } from 'vitest'
import { findCommitViolations, type CommitRecord } from './commit-history.ts'
import { findViolations, type ConsumerEvidence, type Evidence, type LogRecord } from './verdict.ts'

const CUSTOMER = 'C-1'

/** Three orders of one customer on partition 0, the first of them twice; a bad message on 1. */
function soundEvidence(): Evidence {
  const log: LogRecord[] = [
    record(0, 0n, 'a'),
    record(0, 1n, 'b'),
    record(0, 2n, 'a'),
    record(0, 3n, 'c'),
    { partition: 1, offset: 0n, order: null },
  ]
  return {
    tried: ['a', 'b', 'c'].map((orderId) => ({ orderId, customerId: CUSTOMER })),
    acknowledged: [
      { orderId: 'b', partition: 0, offset: 1n },
      { orderId: 'a', partition: 0, offset: 2n },
      { orderId: 'c', partition: 0, offset: 3n },
    ],
    log,
    ends: new Map([
      [0, 4n],
      [1, 1n],
    ]),
    consumers: [soundConsumer('auto', 4n), soundConsumer('batch', 2n)],
  }
}

function record(partition: number, offset: bigint, orderId: string): LogRecord {
  return { partition, offset, order: { orderId, customerId: CUSTOMER, totalCents: 100 } }
}

type Position = { next: bigint; stored: number; deliveredAgain: number; deadLettered: number }

// The mutable twin of `ConsumerEvidence`, so that each test can corrupt one thing.
interface Consumer extends ConsumerEvidence {
  committed: Map<number, bigint>
  positions: Map<number, Position>
  stored: Map<string, Record<string, string>>
}

function soundConsumer(name: ConsumerName, committed: bigint): Consumer {
  const hash = (offset: string, deliveries: string): Record<string, string> => {
    return { customerId: CUSTOMER, totalCents: '100', partition: '0', offset, deliveries }
  }
  return {
    name,
    committed: new Map([[0, committed]]),
    positions: new Map([
      [0, { next: 4n, stored: 3, deliveredAgain: 1, deadLettered: 0 }],
      [1, { next: 1n, stored: 0, deliveredAgain: 0, deadLettered: 1 }],
    ]),
    stored: new Map([
      ['a', hash('0', '2')],
      ['b', hash('1', '1')],
      ['c', hash('3', '1')],
    ]),
  }
}

interface Corruption {
  what: string
  corrupt: (evidence: Evidence, batch: Consumer) => void
  says: RegExp
}

const corruptions: Corruption[] = [
  {
    what: 'an acknowledged order is not on the log',
    corrupt: ({ tried, acknowledged }) => {
      tried.push({ orderId: 'd', customerId: CUSTOMER })
      acknowledged.push({ orderId: 'd', partition: 0, offset: 9n })
    },
    says: /d is acknowledged at 0\/9: there is undefined/,
  },
  {
    what: 'another order is where one was acknowledged',
    corrupt: ({ acknowledged }) => acknowledged.splice(1, 1, place('a', 3n)),
    says: /a is acknowledged at 0\/3: there is c/,
  },
  {
    what: 'two acknowledgements share a place',
    corrupt: ({ acknowledged }) => acknowledged.splice(1, 1, place('a', 3n)),
    says: /c and a are both acknowledged at 0\/3/,
  },
  {
    what: 'an order is acknowledged twice',
    corrupt: ({ acknowledged }) => acknowledged.push(place('a', 0n)),
    says: /a is acknowledged more than once/,
  },
  {
    what: 'an order is acknowledged that nobody has tried',
    corrupt: ({ tried }) => tried.shift(),
    says: /a is acknowledged but was never tried/,
  },
  {
    what: 'the orders of a customer changed places',
    corrupt: ({ tried }) => tried.reverse(),
    says: /b of C-1 is at 0\/1, not after 0\/3/,
  },
  {
    what: 'the dump of the log has a hole',
    corrupt: ({ log }) => log.splice(2, 1),
    says: /the dump has 0\/3 after 1/,
  },
  {
    what: 'the dump of the log ends too soon',
    corrupt: ({ log }) => log.splice(3, 1),
    says: /the dump of partition 0 ends at 3, not 4/,
  },
  {
    what: 'a commit is ahead of what is stored',
    corrupt: (_evidence, { committed }) => committed.set(1, 2n),
    says: /batch: partition 1 is committed up to 2, stored up to 1/,
  },
  {
    what: 'an order is committed but not stored',
    corrupt: (_evidence, { stored }) => stored.delete('b'),
    says: /batch: b at 0\/1 is committed but not stored/,
  },
  {
    what: 'an order is not stored at all',
    corrupt: (_evidence, { stored }) => stored.delete('c'),
    says: /batch: c at 0\/3 is not stored/,
  },
  {
    what: 'something is stored that is not on the log',
    corrupt: (_evidence, { stored }) => stored.set('x', {}),
    says: /batch: x is stored but not on the log/,
  },
  {
    what: 'an order was stored with another amount',
    corrupt: (_evidence, { stored }) => stored.set('c', { ...stored.get('c'), totalCents: '200' }),
    says: /batch: c has totalCents=200, not 100/,
  },
  {
    what: 'a repeat was stored over the first',
    corrupt: (_evidence, { stored }) => stored.set('a', { ...stored.get('a'), offset: '2' }),
    says: /batch: a has offset=2, not 0/,
  },
  {
    what: 'an order counts twice',
    corrupt: (_evidence, { positions }) => positions.set(0, position({ stored: 4 })),
    says: /batch: stored of partition 0 is 4, not 3/,
  },
  {
    what: 'a repeat is not counted',
    corrupt: (_evidence, { positions }) => positions.set(0, position({ deliveredAgain: 0 })),
    says: /batch: deliveredAgain of partition 0 is 0, not 1/,
  },
  {
    what: 'a consumer is not at the end',
    corrupt: (_evidence, { positions }) => positions.set(0, position({ next: 3n })),
    says: /batch: next of partition 0 is 3, not 4/,
  },
  {
    what: 'a repeat was skipped',
    corrupt: (_evidence, { stored, positions }) => {
      stored.set('a', { ...stored.get('a'), deliveries: '1' })
      positions.set(0, position({ deliveredAgain: 0 }))
    },
    says: /batch: partition 0 has skipped a repeat/,
  },
]

function place(orderId: string, offset: bigint): Evidence['acknowledged'][number] {
  return { orderId, partition: 0, offset }
}

function position(changed: Partial<Position>): Position {
  return { next: 4n, stored: 3, deliveredAgain: 1, deadLettered: 0, ...changed }
}

describe('findViolations', () => {
  test('finds nothing in a run that kept every promise', () => {
    expect(findViolations(soundEvidence())).toEqual([])
  })

  test.each(corruptions)('notices when $what', ({ corrupt, says }) => {
    const evidence = soundEvidence()
    corrupt(evidence, evidence.consumers[1] as Consumer)
    expect(findViolations(evidence).join('\n')).toMatch(says)
  })
})

const commit = (partition: number, offset: bigint, at: bigint): CommitRecord => {
  return { partition, offset, at }
}

describe('findCommitViolations', () => {
  test('accepts tens over several partitions, repeated ones, and two at the same time', () => {
    const history = [
      commit(0, 4n, 1n),
      commit(1, 6n, 1n),
      commit(1, 16n, 1n),
      commit(1, 16n, 5n),
      commit(0, 14n, 9n),
      commit(2, 10n, 9n),
    ]
    expect(findCommitViolations('batch', history)).toEqual([])
  })

  test('accepts one at a time of consumer-auto', () => {
    const history = [commit(0, 1n, 1n), commit(1, 1n, 1n), commit(0, 2n, 3n)]
    expect(findCommitViolations('auto', history)).toEqual([])
  })

  test.each([
    { what: 'nine', name: 'batch', last: commit(0, 19n, 5n), says: /covers 9 messages: 0 → 19/ },
    { what: 'eleven', name: 'batch', last: commit(0, 21n, 5n), says: /covers 11 messages/ },
    { what: 'a step back', name: 'batch', last: commit(0, 3n, 5n), says: /went back to 3/ },
    { what: 'two of auto', name: 'auto', last: commit(0, 12n, 5n), says: /covers 2 messages/ },
  ] as const)('notices $what', ({ name, last, says }) => {
    const violations = findCommitViolations(name, [commit(0, 10n, 1n), last])
    expect(violations.join('\n')).toMatch(says)
  })
})
