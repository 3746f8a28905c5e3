import { expect, test } from 'vitest'
import { judgePosition as judge, type PartitionState } from './position-check.ts'

const judgePosition = (state: Omit<PartitionState, 'nextBefore'>, uncommittedMax: number) =>
  judge({ nextBefore: state.next, ...state }, uncommittedMax)

const fine = { partition: 3, low: 0n, high: 100n, group: 40n, next: 45n }

test.each([
  ['nothing was ever read', { ...fine, group: null, next: null }],
  ['what is stored is a little ahead of the commit', fine],
  ['the first few are stored and not committed', { ...fine, group: null, next: 10n }],
  ['everything is read', { ...fine, group: 100n, next: 100n }],
  ['what nobody has read is no longer on the log', { ...fine, low: 60n, group: 40n, next: 45n }],
])('%s: that fits', (_what, state) => {
  expect(judgePosition(state, 10)).toEqual({ kind: 'fits' })
})

test('what the group has committed and Redis has lost is read again', () => {
  expect(judgePosition({ ...fine, next: 30n }, 10)).toMatchObject({ kind: 'lost', from: 30n })
  expect(judgePosition({ ...fine, next: null }, 10)).toMatchObject({ kind: 'lost', from: 0n })
  expect(judgePosition({ ...fine, low: 35n, next: 30n }, 10)).toMatchObject({ from: 35n })
})

test('a log that ends before what Redis knows is another topic', () => {
  const found = judgePosition({ ...fine, high: 20n, group: null }, 10)
  expect(found).toMatchObject({ kind: 'topic made anew' })
  expect(found).toHaveProperty('sentence', expect.stringMatching(/partition 3 .* ends at 20/))
})

test('a group that begins far behind what is stored was moved', () => {
  expect(judgePosition({ ...fine, group: 34n }, 10)).toMatchObject({ kind: 'group moved back' })
  expect(judgePosition({ ...fine, group: 35n }, 10)).toEqual({ kind: 'fits' })
  const gone = judgePosition({ ...fine, group: null }, 10)
  expect(gone).toHaveProperty('sentence', expect.stringMatching(/has no offset .* 45 messages/))
})

test('what others store and commit during the look is not mistaken for a moved group', () => {
  expect(judge({ ...fine, nextBefore: 45n, next: 90n }, 10)).toEqual({ kind: 'fits' })
  expect(judge({ ...fine, nextBefore: 45n, next: 120n }, 10)).toEqual({ kind: 'fits' })
})
