import { connect } from 'node:net'
import { RejoinRequired } from '@orders/platform/kafka/delivery'
import { GroupConsumer } from '@orders/platform/kafka/group-consumer'
import type { TraceEntry } from '@orders/platform/trace'
import { expect, onTestFinished, test } from 'vitest'
import { createBench } from './bench.ts'
import { watchRequests, type SocketFactory } from './faulty-sockets.ts'
import { prepareTopic } from './prepare-topic.ts'
import { sendRaw } from './raw-producer.ts'
import { until } from './until.ts'

const JOIN_GROUP = 11
const MESSAGES = 3

test('takes nothing between the end of a membership and the next, though joining fails', async () => {
  const bench = createBench()
  await prepareTopic(bench)
  const joining = { toBreak: 0 }
  const events: string[] = []
  const stopping = new AbortController()
  const consumer = new GroupConsumer({
    clientId: 'failed-rejoin',
    brokers: bench.brokers,
    socketFactory: breakJoins(joining),
    groupId: bench.groupOf('auto'),
    topic: bench.topic,
    autoCommit: true,
    commitIntervalMs: null,
    workers: 1,
    probe: {
      isOpen: true,
      record: (entry) => void events.push(describe(entry)),
      close: () => undefined,
      pass: () => Promise.resolve(),
    },
    signal: stopping.signal,
    outageTimeoutMs: 60_000,
    onAssigned: () => undefined,
    findLost: () => Promise.resolve(new Map()),
    onMember: () => undefined,
    onDropped: () => undefined,
    onTrouble: (message) => events.push(message),
    onFatal: (error) => events.push(String(error)),
  })
  onTestFinished(async () => {
    stopping.abort()
    await consumer.close()
  })

  let isFirst = true
  consumer.start(async (delivery) => {
    events.push('delivered')
    if (isFirst) {
      isFirst = false
      joining.toBreak = 1
      // As a heartbeat does that is told so.
      throw new RejoinRequired('the group is rebalancing')
    }
    for (const { offset } of delivery.messages) delivery.resolve(offset)
    await delivery.commitResolved()
  })
  const message = { partition: 0, key: null, value: Buffer.from('any'), headers: {} }
  await sendRaw(bench, Array<typeof message>(MESSAGES).fill(message))

  await until('all is committed', () => events.includes(`committed ${MESSAGES}`))
  expect(joining.toBreak).toBe(0)
  expect(outsideOfGroup(events), events.join('\n')).toEqual([])
})

/** So many requests to join a group break their connection before they reach the broker. */
function breakJoins(joining: { toBreak: number }): SocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect)
    watchRequests(socket, ({ apiKey }) => {
      if (apiKey !== JOIN_GROUP || joining.toBreak === 0) return
      joining.toBreak -= 1
      socket.destroy(new Error('the request to join was lost'))
    })
    return socket
  }
}

function describe(entry: TraceEntry): string {
  if (entry.event !== 'committed') return entry.event
  return `committed ${Object.values(entry.offsets).join()}`
}

/** What was delivered or committed while the member was in no group. */
function outsideOfGroup(events: string[]): string[] {
  let isMember = false
  return events.filter((event) => {
    if (event === 'joined') isMember = true
    if (event === 'dropped') isMember = false
    return !isMember && /^(delivered|committed)/.test(event)
  })
}
