import { expect, test } from 'vitest'

/** How the other clients that have no loop of their own take messages to Redis. */
interface Workers {
  push(message: { partition: number; offset: number; value: number }): void
  finish(): Promise<void>
}

interface Mode {
  size: number
  isPerPartition: boolean
  isBackground: boolean
}

type WorkersClass = new (options: {
  mode: Mode
  sink: { write(values: number[]): Promise<void> }
  commit: (nextOffsets: ReadonlyMap<number, bigint>) => Promise<void>
  source?: { hold(): void; release(): void }
  fail: (error: unknown) => void
}) => Workers

const peers = new URL('../peers/workers.mjs', import.meta.url).href
const { Workers } = (await import(peers)) as { Workers: WorkersClass }

const PARTITIONS = 5
const TEN = { size: 10, isPerPartition: false, isBackground: false }

/** Everything that was done with so many messages, which come round the partitions in turn. */
async function runThrough(mode: Mode, count: number) {
  const done: string[] = []
  const commits: Record<string, string>[] = []
  const source = { hold: () => done.push('hold'), release: () => done.push('release') }
  const workers = new Workers({
    mode,
    source,
    sink: {
      write: (values) => Promise.resolve(void done.push(`write ${values.length}`)),
    },
    commit: (nextOffsets) => {
      done.push('commit')
      commits.push(Object.fromEntries([...nextOffsets].map(([id, next]) => [id, String(next)])))
      return Promise.resolve()
    },
    fail: (error) => {
      throw error
    },
  })
  for (let index = 0; index < count; index += 1) {
    const [partition, offset] = [index % PARTITIONS, Math.floor(index / PARTITIONS)]
    workers.push({ partition, offset, value: index })
  }
  await workers.finish()
  return { done, commits }
}

test('ten over all partitions: written together, committed, and only then the next', async () => {
  const { done, commits } = await runThrough(TEN, 25)
  expect(done).toEqual(['write 10', 'commit', 'write 10', 'commit', 'write 5'])
  expect(commits[0]).toEqual({ 0: '2', 1: '2', 2: '2', 3: '2', 4: '2' })
  expect(commits[1]).toEqual({ 0: '4', 1: '4', 2: '4', 3: '4', 4: '4' })
})

test('ten of a partition: each commit is about one partition', async () => {
  const { commits } = await runThrough({ ...TEN, isPerPartition: true }, 100)
  expect(commits).toHaveLength(10)
  expect(commits.every((commit) => Object.keys(commit).length === 1)).toBe(true)
})

test('one by one: a commit after every write', async () => {
  const { done } = await runThrough({ ...TEN, size: 1 }, 3)
  expect(done).toEqual(['write 1', 'commit', 'write 1', 'commit', 'write 1', 'commit'])
})

test('in the background: writes do not wait, and the last commit covers all', async () => {
  const mode = { size: 1, isPerPartition: true, isBackground: true }
  const { done, commits } = await runThrough(mode, 10)
  expect(done).toEqual([...Array.from({ length: 10 }, () => 'write 1'), 'commit'])
  expect(commits).toEqual([{ 0: '2', 1: '2', 2: '2', 3: '2', 4: '2' }])
})

test('a source that is too fast is held, and released again', async () => {
  const { done } = await runThrough(TEN, 9_000)
  expect(done.filter((each) => each === 'hold')).toHaveLength(1)
  expect(done.filter((each) => each === 'release')).toHaveLength(1)
  expect(done.filter((each) => each === 'commit')).toHaveLength(900)
})
