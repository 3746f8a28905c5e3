import { expect, test } from 'vitest'
import { SharedCommits } from './shared-commits.ts'

/** A coordinator that answers when it is told to. */
function coordinator() {
  const requests: Record<number, bigint>[] = []
  const answers: { resolve: () => void; reject: (why: Error) => void }[] = []
  const send = (offsets: ReadonlyMap<number, bigint>): Promise<void> => {
    requests.push(Object.fromEntries(offsets))
    return new Promise((resolve, reject) => answers.push({ resolve, reject }))
  }
  return { requests, answers, send }
}

/** Lets everything that is settled be noticed. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what falls due while a request is out shares the next one, and waits for that answer', async () => {
  const { requests, answers, send } = coordinator()
  const commits = new SharedCommits()
  const done: string[] = []
  const commit = (partition: number, offset: bigint): void => {
    void commits
      .commit(new Map([[partition, offset]]), send)
      .then(() => done.push(`${partition}@${offset}`))
  }
  commit(0, 10n)
  commit(1, 10n)
  commit(2, 10n)
  expect(requests).toEqual([{ 0: 10n }])
  answers[0]?.resolve()
  await turn()
  expect(done).toEqual(['0@10'])
  expect(requests).toEqual([{ 0: 10n }, { 1: 10n, 2: 10n }])
  commit(0, 20n)
  answers[1]?.resolve()
  await turn()
  expect(done).toEqual(['0@10', '1@10', '2@10'])
  answers[2]?.resolve()
  await turn()
  expect(requests.at(-1)).toEqual({ 0: 20n })
  expect(done).toHaveLength(4)
})

test('a refused request is refused to those who shared it, and to nobody else', async () => {
  const { answers, send } = coordinator()
  const commits = new SharedCommits()
  const one = commits.commit(new Map([[0, 1n]]), send)
  const two = commits.commit(new Map([[1, 1n]]), send)
  const three = commits.commit(new Map([[2, 1n]]), send)
  answers[0]?.resolve()
  await one
  await turn()
  answers[1]?.reject(new Error('coordinator is loading'))
  await expect(two).rejects.toThrow('loading')
  await expect(three).rejects.toThrow('loading')
  await turn()
  const again = commits.commit(new Map([[1, 1n]]), send)
  answers[2]?.resolve()
  await again
})

test('after the end nothing is sent any more, but the answer to what is out still comes', async () => {
  const { requests, answers, send } = coordinator()
  const commits = new SharedCommits()
  const out = commits.commit(new Map([[0, 1n]]), send)
  const waiting = commits.commit(new Map([[1, 1n]]), send)
  commits.end(new Error('the group has changed'))
  await expect(waiting).rejects.toThrow('the group has changed')
  await expect(commits.commit(new Map([[2, 1n]]), send)).rejects.toThrow('the group has changed')
  answers[0]?.resolve()
  await out
  expect(requests).toEqual([{ 0: 1n }])
})
