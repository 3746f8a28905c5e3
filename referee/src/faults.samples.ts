import { consumerOf, eventsOf, mapOf, sure } from './altered.samples.ts'
import type { ConsumerEvidence, Evidence, TraceEvent } from './evidence.ts'
import { atTheEnd } from './run.samples.ts'

/** One thing is wrong, and exactly these checks have to say so. */
export const faults: [string, string[], (evidence: Evidence) => void][] = [
  [
    'an acknowledged order is nowhere on the log',
    ['C1'],
    (evidence) => {
      const order = sure([...evidence.ledger.orders.values()][59])
      mapOf(evidence.ledger.orders).set('other', { ...order, orderId: 'other', turn: 60 })
    },
  ],
  [
    'an order is acknowledged twice',
    ['C1'],
    ({ ledger }) => {
      const order = sure(ledger.orders.get('order-3'))
      order.acknowledged.push(sure(order.acknowledged[0]))
    },
  ],
  [
    'an acknowledgement names a place beside the right one',
    ['C1'],
    ({ ledger }) => {
      sure(sure(ledger.orders.get('order-3')).acknowledged[0]).offset += 1
    },
  ],
  [
    'an acknowledged order says something else than was tried',
    ['C1'],
    ({ ledger }) => void (sure(ledger.orders.get('order-3')).digest = 'another'),
  ],
  [
    'the log was not read to its end',
    ['C1', 'C11'],
    ({ log }) => void (sure(log.ranges.get(1)).end += 1),
  ],
  [
    'a committed order is not in Redis',
    ['C2'],
    (evidence) => dropOrder(consumerOf(evidence, 'auto'), 'order-3'),
  ],
  [
    'an order is in Redis that nobody has sent',
    ['C2'],
    (evidence) => {
      const { stored, positions } = consumerOf(evidence, 'batch')
      const order = sure(stored.get('order-3'))
      mapOf(stored).set('ghost', { ...order, orderId: 'ghost' })
      sure(positions.get(order.partition)).stored += 1
    },
  ],
  [
    'the consumer has gone beyond the end of the log',
    ['C2'],
    (evidence) => void (sure(consumerOf(evidence, 'auto').positions.get(0)).next += 1),
  ],
  [
    'an order has fields of another one',
    ['C3'],
    (evidence) => {
      const { stored } = consumerOf(evidence, 'auto')
      mapOf(stored).set('order-3', { ...sure(stored.get('order-3')), digest: 'another' })
    },
  ],
  [
    'an order was counted twice',
    ['C3'],
    (evidence) => void (sure(consumerOf(evidence, 'auto').positions.get(1)).stored += 1),
  ],
  [
    'a delivery was counted that nobody has made',
    ['C3'],
    (evidence) => {
      const { stored, positions } = consumerOf(evidence, 'batch')
      const order = sure(stored.get('order-3'))
      order.deliveries += 1
      sure(positions.get(order.partition)).deliveredAgain += 1
    },
  ],
  [
    'a delivery was made that Redis has not counted',
    ['C3'],
    (evidence) => {
      const { events } = eventsOf(consumerOf(evidence, 'batch'), 'stored')
      const { found } = eventsOf(consumerOf(evidence, 'batch'), 'stored')
      const { partition, offsets } = sure(found[0])
      const at = events.length
      events.push({ event: 'taken', at, partition, offsets })
      events.push({ event: 'stored', at, partition, offsets })
    },
  ],
  [
    'deliveries and their counter differ',
    ['C3'],
    (evidence) => void (sure(consumerOf(evidence, 'batch').positions.get(1)).deliveredAgain += 1),
  ],
  ['two orders of a customer have changed places', ['C4'], swapTurns],
  [
    'a commit is ahead of Redis at the end',
    ['C5', 'C11'],
    (evidence) => void (sure(consumerOf(evidence, 'batch').positions.get(0)).next -= 1),
  ],
  [
    'a commit was ahead of Redis for a moment',
    ['C5'],
    (evidence) => {
      const moment = { consumer: 'auto', partition: 0, offset: 7, stored: 6, at: 1 }
      evidence.circumstances = {
        ...atTheEnd,
        fenceWatch: { samples: 10, ahead: [moment] },
      }
    },
  ],
  [
    'a commit went back',
    ['C6'],
    (evidence) => {
      const commits = sure(consumerOf(evidence, 'auto').commits)
      const { partition, offset } = sure(commits.findLast((one) => one.offset > 1))
      commits.push({ partition, offset: offset - 1, at: 9e6 }, { partition, offset, at: 9e6 + 1 })
    },
  ],
  [
    'a process commits what it does not own',
    ['C6'],
    (evidence) => {
      const { found } = eventsOf(consumerOf(evidence, 'auto'), 'joined')
      sure(found[0]).partitions = [0, 1]
    },
  ],
  [
    'a process commits after it was dropped',
    ['C6'],
    (evidence) => {
      const { events, found } = eventsOf(consumerOf(evidence, 'batch'), 'committed')
      events.splice(events.indexOf(sure(found[1])), 0, { event: 'dropped', at: 1 })
      events.splice(events.indexOf(sure(found[1])) + 1, 0, rejoined)
    },
  ],
  [
    'an order was taken before the one before it was committed',
    ['C7'],
    (evidence) => {
      const { events, found } = eventsOf(consumerOf(evidence, 'auto'), 'committed')
      const at = events.indexOf(sure(found[4]))
      const [committed] = events.splice(at, 1)
      events.splice(at + 1, 0, sure(committed))
      // The brokers saw it as late as the process.
      for (const commit of sure(consumerOf(evidence, 'auto').commits)) commit.at += 1_000
    },
  ],
  [
    'an order was committed before it was stored',
    ['C7'],
    (evidence) => {
      const { events, found } = eventsOf(consumerOf(evidence, 'auto'), 'stored')
      const at = events.indexOf(sure(found[4]))
      const [stored] = events.splice(at, 1)
      events.splice(at + 1, 0, sure(stored))
    },
  ],
  [
    'two orders were committed at once, as the brokers say',
    ['C7'],
    (evidence) => {
      const commits = sure(consumerOf(evidence, 'auto').commits)
      const at = commits.findIndex(({ offset }) => offset === 3)
      commits.splice(at, 1)
    },
  ],
  [
    'nine were committed, as the brokers say',
    ['C8'],
    (evidence) => {
      const commits = sure(consumerOf(evidence, 'batch').commits)
      const first = sure(commits.find((one) => one.offset > 1))
      first.offset -= 1
    },
  ],
  [
    'nine were committed, as the process says',
    ['C8'],
    (evidence) => {
      const { events, found } = eventsOf(consumerOf(evidence, 'batch'), 'stored')
      const one = sure(found.find(({ offsets }) => offsets.length === 1))
      const { partition, offsets } = one
      // Stored, but after it was taken away: it is not one of the ten.
      const at = events.indexOf(one)
      events.splice(at, 1)
      events.splice(at, 0, { ...one, partition: partition + 9, offsets })
      one.offsets = []
    },
  ],
  [
    'the commit of ten names another offset',
    ['C8'],
    (evidence) => {
      const { found } = eventsOf(consumerOf(evidence, 'batch'), 'committed')
      const { offsets } = sure(found[0])
      const [partition, offset] = sure(Object.entries(offsets)[0])
      offsets[partition] = offset - 1
    },
  ],
  ['a good order is among the dead letters', ['C9'], addLetter],
  [
    'a dead letter is of no message',
    ['C9'],
    (evidence) => {
      addLetter(evidence)
      sure(sure(evidence.deadLetters[0]).source).offset = 999
    },
  ],
  [
    'an order that is called refused is on the log',
    ['C10'],
    ({ ledger }) => {
      const order = sure(ledger.orders.get('order-3'))
      order.isRefused = true
      order.acknowledged = []
    },
  ],
  [
    'an unknown order came with another content',
    ['C10'],
    ({ ledger }) => {
      const order = sure(ledger.orders.get('order-3'))
      Object.assign(order, { isUnknown: true, acknowledged: [], digest: 'another' })
    },
  ],
  [
    'something did not go on',
    ['C11'],
    (evidence) => {
      const liveness = { failures: ['no order for 60 s'], measured: 'gaps' }
      evidence.circumstances = { ...atTheEnd, liveness }
    },
  ],
]

const rejoined: TraceEvent = { event: 'joined', at: 2, partitions: [0, 1, 2] }

function dropOrder({ stored, positions }: ConsumerEvidence, orderId: string): void {
  const { partition } = sure(stored.get(orderId))
  mapOf(stored).delete(orderId)
  sure(positions.get(partition)).stored -= 1
}

function swapTurns({ ledger }: Evidence): void {
  const [a, b] = [...ledger.orders.values()].filter((one) => one.customerId === 'customer-1')
  const turn = sure(a).turn
  sure(a).turn = sure(b).turn
  sure(b).turn = turn
}

function addLetter(evidence: Evidence): void {
  const { partition, offset, keyDigest, valueDigest } = sure(evidence.log.records[0])
  const source = { topic: 'orders', partition, offset }
  const rest = { keyDigest, valueDigest, missingHeaders: [], reason: 'not-avro' }
  evidence.deadLetters.push({ partition, offset: 0, source, ...rest })
}
