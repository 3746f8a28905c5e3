import { expect, test } from 'vitest'
import { isComplete, progressText, summaryLines, unsent, type Account } from './account.ts'

const complete: Account = {
  tried: 30,
  acknowledged: 30,
  refused: 0,
  unknown: 0,
  rejected: 0,
  partitions: new Map([
    [2, 10],
    [0, 20],
  ]),
}

test('a run is complete only when every order was acknowledged', () => {
  expect(isComplete(complete)).toBe(true)
  expect(isComplete({ ...complete, tried: 31 })).toBe(false)
  expect(isComplete({ ...complete, rejected: 1 })).toBe(false)
  expect(unsent({ ...complete, tried: 33 })).toBe(3)
})

test('the summary says how many, how fast, and where', () => {
  expect(summaryLines(complete, 2_000)).toEqual([
    '30 of 30 orders acknowledged in 2.0 s, 15.0/s',
    'by partition 0: 20, 2: 10',
  ])
})

test('the summary says what is kept for later, and what never went', () => {
  const account = { ...complete, tried: 33, refused: 1, unknown: 2, rejected: 1 }
  const text = summaryLines(account, 1_000).join('\n')
  expect(text).toMatch(/3 not acknowledged \(1 refused, 2 unknown\): they are in the ledger/)
  expect(text).toMatch(/1 never sent/)
})

test('the progress line counts sent, acknowledged and failed', () => {
  const account = { ...complete, tried: 33, refused: 1, unknown: 2 }
  expect(progressText(account, 300)).toBe('sent 33  acknowledged 30  failed 3  100/s')
})
