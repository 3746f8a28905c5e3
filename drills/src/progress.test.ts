import { describe, expect, test } from 'vitest'
import { longestGapMs, Progress } from './progress.ts'

describe('longestGapMs', () => {
  test('takes the longest stretch between two moments', () => {
    expect(longestGapMs([10, 20, 70, 80], 10, 80)).toBe(50)
  })

  test('counts both ends of the span', () => {
    expect(longestGapMs([50], 0, 60)).toBe(50)
    expect(longestGapMs([10], 0, 60)).toBe(50)
  })

  test('is the whole span where nothing went on', () => {
    expect(longestGapMs([], 100, 400)).toBe(300)
    expect(longestGapMs([50, 500], 100, 400)).toBe(300)
  })
})

describe('Progress', () => {
  test('only more than before is progress', () => {
    const progress = new Progress()
    progress.reach(5, 100)
    progress.reach(5, 200)
    progress.reach(3, 300)
    expect(progress.total).toBe(5)
    expect(progress.lastAtMs).toBe(100)
    expect(progress.longestGapMs(100, 400)).toBe(300)
  })
})
