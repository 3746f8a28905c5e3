import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

const entries = (offsets: ReadonlyMap<number, bigint>) => Object.fromEntries(offsets)

test('what is resolved is to be committed until it was', () => {
  const progress = new Progress()
  expect(progress.nextOf(3)).toBe(0n)
  expect(entries(progress.uncommitted(null))).toEqual({})
  progress.resolve(3, 7n)
  progress.resolve(4, 0n)
  expect(progress.nextOf(3)).toBe(8n)
  expect(entries(progress.uncommitted(null))).toEqual({ 3: 8n, 4: 1n })
  expect(entries(progress.uncommitted(4))).toEqual({ 4: 1n })
  expect(entries(progress.uncommitted(5))).toEqual({})
  progress.commit(new Map([[3, 8n]]))
  expect(entries(progress.uncommitted(null))).toEqual({ 4: 1n })
  expect(progress.nextOf(3)).toBe(8n)
})

test('what is resolved while a commit is out is not committed by it', () => {
  const progress = new Progress()
  progress.resolve(3, 7n)
  const out = progress.uncommitted(null)
  progress.resolve(3, 8n)
  progress.commit(out)
  expect(entries(out)).toEqual({ 3: 8n })
  expect(entries(progress.uncommitted(null))).toEqual({ 3: 9n })
})

test('nothing is left of a partition that is read anew, or of a group that has changed', () => {
  const progress = new Progress()
  progress.resolve(3, 7n)
  progress.resolve(4, 7n)
  expect(progress.readingOf(3)).toBe(0)
  progress.forget(3)
  expect(progress.readingOf(3)).toBe(1)
  expect(progress.readingOf(4)).toBe(0)
  expect(progress.nextOf(3)).toBe(0n)
  expect(entries(progress.uncommitted(null))).toEqual({ 4: 8n })
  progress.clear()
  expect(progress.nextOf(4)).toBe(0n)
  expect(entries(progress.uncommitted(null))).toEqual({})
})
