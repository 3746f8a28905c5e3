import { expect, test } from 'vitest'

/** Which commits each task makes, for the row that makes nothing else. */
interface Commits {
  commitsOf(mode: Mode, ends: number[]): Iterable<Map<number, number>>
  endsOf(count: number, partitions: number): number[]
}

interface Mode {
  size: number
  isPerPartition: boolean
}

// What the other clients consist of is no TypeScript: they have no part in the types of this project.
const path = new URL('../peers/commits.mjs', import.meta.url).href
const { commitsOf, endsOf } = (await import(path)) as Commits

function commits(size: number, isPerPartition: boolean, count: number, partitions: number) {
  return [...commitsOf({ size, isPerPartition }, endsOf(count, partitions))].map((offsets) => [
    ...offsets,
  ])
}

test('one worker commits one partition after the other, each order once', () => {
  expect(commits(1, false, 5, 3)).toEqual([[[0, 1]], [[0, 2]], [[1, 1]], [[1, 2]], [[2, 1]]])
})

test('ten over all partitions name each partition that has some of the ten', () => {
  const ten = commits(10, false, 33, 4)
  expect(ten).toEqual([
    [
      [0, 9],
      [1, 1],
    ],
    [
      [1, 8],
      [2, 3],
    ],
    [
      [2, 8],
      [3, 5],
    ],
  ])
})

test('with a worker a partition all that are full share a request, and the rest is left', () => {
  expect(commits(10, true, 43, 2)).toEqual([
    [
      [0, 10],
      [1, 10],
    ],
    [
      [0, 20],
      [1, 20],
    ],
  ])
  expect(commits(1, true, 3, 2)).toEqual([
    [
      [0, 1],
      [1, 1],
    ],
    [[0, 2]],
  ])
})

test('the orders of a topic are spread evenly', () => {
  expect(endsOf(17, 5)).toEqual([4, 4, 3, 3, 3])
})
