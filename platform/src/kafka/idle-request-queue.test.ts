import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import './idle-request-queue.ts'

interface Queue {
  throttledUntil: number
  push(request: object): void
  fulfillRequest(answer: object): void
}

const require = createRequire(import.meta.url)
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as new (
  options: object,
) => Queue
const logger = { namespace: () => logger, debug: () => undefined, warn: () => undefined }

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }))
afterEach(() => void vi.useRealTimers())

function openQueue(): { queue: Queue; sent: number[]; push: (id: number) => void } {
  const queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 10_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'localhost:1',
    logger,
  })
  const sent: number[] = []
  const push = (correlationId: number): void => {
    const settle = { resolve: () => undefined, reject: () => undefined }
    queue.push({
      entry: { correlationId, apiKey: 8, apiName: 'OffsetCommit', apiVersion: 5, ...settle },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    })
  }
  return { queue, sent, push }
}

function answer(queue: Queue, correlationId: number): void {
  queue.fulfillRequest({ correlationId, size: 0, payload: Buffer.alloc(0) })
}

test('an answer leaves no timer when no request waits', () => {
  const { queue, sent, push } = openQueue()
  for (const id of [1, 2, 3]) {
    push(id)
    answer(queue, id)
  }
  expect(sent).toEqual([1, 2, 3])
  expect(vi.getTimerCount()).toBe(0)
})

test('a request that had to wait for an answer is sent after it', () => {
  const { queue, sent, push } = openQueue()
  push(1)
  push(2)
  expect(sent).toEqual([1])
  answer(queue, 1)
  expect(sent).toEqual([1, 2])
})

test('a request that had to wait for a broker that slows us down is sent when it may', () => {
  const { queue, sent, push } = openQueue()
  queue.throttledUntil = Date.now() + 5_000
  push(1)
  vi.advanceTimersByTime(4_900)
  expect(sent).toEqual([])
  vi.advanceTimersByTime(200)
  expect(sent).toEqual([1])
})
