import { expect, test } from 'vitest'
import { missingSettings, ROWS } from './rows.ts'
import { TASKS } from './tasks.ts'

test('every task has a row of ours, and names are unique in it', () => {
  for (const { name } of TASKS) {
    const rows = ROWS.filter(({ task }) => task === name)
    expect(rows.some(({ peer }) => peer === null)).toBe(true)
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length)
  }
})

test('every row beside ours has one of ours to be compared with', () => {
  for (const { task, comparedAs, peer } of ROWS) {
    const ours = ROWS.filter((row) => {
      const isOurs = row.peer === null && !row.isVariant
      return isOurs && row.task === task && row.comparedAs === comparedAs
    })
    if (peer !== null) expect(ours).toHaveLength(1)
  }
})

test('a setting that a service does not have is missing, one that it has is not', () => {
  const row = ROWS.find(({ task, peer }) => task === 'auto-background' && peer === null)
  if (row === undefined) throw new Error('there is no such row')
  const none = { producer: {}, 'consumer-auto': {}, 'consumer-batch': {} }
  expect(missingSettings(row, none)).toEqual(['WORKERS', 'COMMIT_MODE'])
  const some = { ...none, 'consumer-auto': { WORKERS: 1 } }
  expect(missingSettings(row, some)).toEqual(['COMMIT_MODE'])
  const all = { ...none, 'consumer-auto': { WORKERS: 1, COMMIT_MODE: 1 } }
  expect(missingSettings(row, all)).toEqual([])
})
