import { judge } from '@orders/referee/judge'
import type { CheckResult } from '@orders/referee/verdict'
import { expect, test } from 'vitest'
import { createBench } from './bench.ts'
import { trials } from './broken-builds.ts'
import { copyServices, type Patch } from './broken-copy.ts'
import type { Course } from './broken-courses.ts'
import { readRemains } from './broken-evidence.ts'

const AT_ONCE = 3
const TRIAL_LIMIT_MS = 300_000

test.each(trials)(
  '$name',
  async ({ course, weather, builds }) => {
    const asItIs = { name: 'as it is', mistake: [], flaggedBy: [] }
    const tried = await inTurns([asItIs, ...builds], async ({ name, mistake, flaggedBy }) => {
      const violated = await findViolated(course, [...weather, ...mistake])
      const found = violated.map(({ id, violations }) => `${id} ${violations[0]?.what}`)
      process.stdout.write(`${name}: ${found.join(' | ')}\n`)
      const ids = violated.map(({ id }) => id)
      return { name, found, missing: flaggedBy.filter((id) => !ids.includes(id)) }
    })
    expect(tried[0]?.found).toEqual([])
    expect(tried.filter(({ missing }) => missing.length > 0)).toEqual([])
  },
  TRIAL_LIMIT_MS,
)

/** Most of a life is waiting for a group, so that a few fit side by side. */
async function inTurns<T, R>(inputs: T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = [...inputs.entries()]
  const line = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next[0]] = await work(next[1])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  return results
}

/** What is violated after a course with services that were changed like this. */
async function findViolated(course: Course, patches: Patch[]): Promise<CheckResult[]> {
  const bench = createBench()
  const remains = await course(bench, copyServices(patches))
  const { checks } = judge(await readRemains(bench, remains))
  return checks.filter(({ outcome }) => outcome === 'violated')
}
