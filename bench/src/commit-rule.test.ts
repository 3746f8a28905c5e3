import { expect, test } from 'vitest'
import { commitRuleOf, findBrokenRule } from './commit-rule.ts'

const ONE_OF_FIVE = { partitions: 5, members: 1 }

test('ten over all: at most nine are left, and every ten has its commit', () => {
  const rule = commitRuleOf('batch-one', 1_000, ONE_OF_FIVE)
  expect(findBrokenRule({ committed: 991, commits: 100 }, rule, 1_000)).toBeNull()
  expect(findBrokenRule({ committed: 990, commits: 100 }, rule, 1_000)).toMatch(/10 orders are not/)
  expect(findBrokenRule({ committed: 1_000, commits: 99 }, rule, 1_000)).toMatch(/99 times/)
})

test('ten of a partition: each partition may end with nine', () => {
  const rule = commitRuleOf('batch-partition', 1_000, ONE_OF_FIVE)
  expect(findBrokenRule({ committed: 955, commits: 95 }, rule, 1_000)).toBeNull()
  expect(findBrokenRule({ committed: 954, commits: 95 }, rule, 1_000)).toMatch(/46 orders/)
})

test('one by one: every order has a commit of its own', () => {
  for (const mode of ['auto-one', 'auto-partition'] as const) {
    const rule = commitRuleOf(mode, 1_000, ONE_OF_FIVE)
    expect(findBrokenRule({ committed: 1_000, commits: 1_003 }, rule, 1_000)).toBeNull()
    expect(findBrokenRule({ committed: 1_000, commits: 999 }, rule, 1_000)).toMatch(/999 times/)
    expect(findBrokenRule({ committed: 999, commits: 1_000 }, rule, 1_000)).toMatch(/1 orders/)
  }
})

test('in the background: all in the end, however often', () => {
  const rule = commitRuleOf('auto-background', 1_000, ONE_OF_FIVE)
  expect(findBrokenRule({ committed: 1_000, commits: 1 }, rule, 1_000)).toBeNull()
  expect(findBrokenRule({ committed: 999, commits: 1 }, rule, 1_000)).not.toBeNull()
})

test('more than there are cannot be committed', () => {
  const rule = commitRuleOf('auto-background', 10, ONE_OF_FIVE)
  expect(findBrokenRule({ committed: 11, commits: 11 }, rule, 10)).toMatch(/11 of 10/)
})
