import type { EachBatchPayload } from 'kafkajs'
import { expect, test } from 'vitest'
import { createDelivery, RejoinRequired } from './delivery.ts'
import { Progress } from './progress.ts'

function payloadOf(offsets: number[]): EachBatchPayload {
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    key: null,
    value: null,
    timestamp: '0',
    attributes: 0,
    size: 0,
  }))
  const batch = { topic: 'orders', partition: 4, messages } as unknown as EachBatchPayload['batch']
  return { batch, resolveOffset: () => undefined } as unknown as EachBatchPayload
}

const membership = {
  isLost: () => false,
  isStopping: () => false,
  owns: () => true,
  seek: () => undefined,
  beat: () => undefined,
  isShared: false,
  commit: () => Promise.resolve(),
  committing: () => Promise.resolve(),
  committed: () => Promise.resolve(),
  uncommitted: () => new Map<number, bigint>(),
}

test('what was resolved already and is fetched once more is neither delivered nor skipped', () => {
  const resolved: bigint[] = []
  const options = { ...membership, resolved: (offset: bigint) => void resolved.push(offset) }
  const first = createDelivery(payloadOf([146, 147]), { ...options, done: 0n })
  expect(first.messages.map(({ offset }) => offset)).toEqual([146n, 147n])
  first.resolve(147n)
  expect(resolved).toEqual([147n])
  const again = (): unknown => createDelivery(payloadOf([147, 148]), { ...options, done: 148n })
  expect(again).toThrow(RejoinRequired)
  expect(again).toThrow('offset 147 of partition 4 came once more')
  const next = createDelivery(payloadOf([148]), { ...options, done: 148n })
  expect(next.messages).toHaveLength(1)
})

test('what comes of a partition that is not owned is refused, so that the member joins again', () => {
  const options = { ...membership, resolved: () => undefined, done: 0n }
  const owns = (partition: number): boolean => partition !== 4
  const take = (): unknown => createDelivery(payloadOf([146]), { ...options, owns })
  expect(take).toThrow(RejoinRequired)
  expect(take).toThrow('partition 4 came while this member did not own it')
})

test('a worker of a partition commits what is resolved of its own, one worker that of all', async () => {
  const progress = new Progress()
  progress.resolve(3, 7n)
  progress.resolve(4, 148n)
  const uncommitted = (partition: number | null) => progress.uncommitted(partition)
  for (const [isShared, expected] of [
    [true, { 4: 149n }],
    [false, { 3: 8n, 4: 149n }],
  ] as const) {
    const committed: Record<string, bigint>[] = []
    const commit = async (offsets: ReadonlyMap<number, bigint>): Promise<void> =>
      void committed.push(Object.fromEntries(offsets))
    const own = { isShared, commit, uncommitted, resolved: () => undefined, done: 0n }
    await createDelivery(payloadOf([148]), { ...membership, ...own }).commitResolved()
    expect(committed).toEqual([expected])
  }
})
