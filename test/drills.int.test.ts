import { readFileSync } from 'node:fs'
import { runCampaign } from '@orders/drills/campaign'
import { readCommandLine, type DrillPlan } from '@orders/drills/command-line'
import type { DrillResult } from '@orders/drills/drill-result'
import { renderLine } from '@orders/drills/output'
import { renderVerdict } from '@orders/referee/render'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readExercises } from './exercises.ts'

const SEED = '1'
const DRILL_LIMIT_MS = 600_000

const exercises = readExercises(
  readFileSync(new URL('../drills/README.md', import.meta.url), 'utf8'),
)
const plan = planOf('all', '--tier', 'smoke', '--seed', SEED)
const lines: string[] = []
const results = new Map<string, DrillResult>()
const stop = new AbortController()
let campaign: Promise<unknown> = Promise.resolve()
let wake: () => void = () => undefined

beforeAll(() => {
  campaign = run(plan)
})

afterAll(async () => {
  stop.abort()
  await campaign.catch(() => undefined)
}, DRILL_LIMIT_MS)

/** Each fault of the smoke tier, one after the other on one cluster. */
describe('a drill', () => {
  test.each(plan.drills.map(({ name }) => name))(
    '%s keeps every order',
    async (name) => {
      const result = await untilDone(name)
      const told = result.verdict ? renderVerdict(result.verdict) : ''
      expect(result.outcome, `${renderLine(result)}\n${told}`).toBe('passed')
    },
    DRILL_LIMIT_MS,
  )
})

describe('an exercise of drills/README.md', () => {
  test.each(exercises.filter(({ command }) => command[0] === 'drill'))(
    '$title: ends as it says',
    ({ command, expected }) => {
      const { drills, seed } = planOf(...command.slice(1))
      // What the drills above have shown is what a reader of the exercise sees.
      expect(seed).toBe(Number(SEED))
      for (const { name } of drills) expect(results.get(name)?.outcome).toBe('passed')
      for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line))
    },
  )
})

function planOf(...args: string[]): DrillPlan {
  const found = readCommandLine(args)
  if (found === null) throw new Error(`${args.join(' ')} is no run of drills`)
  return found
}

function run(drills: DrillPlan): Promise<unknown> {
  const hear = (line: string): void => {
    lines.push(line)
    process.stdout.write(`${line}\n`)
  }
  const audience = {
    say: hear,
    onResult: (result: DrillResult) => {
      results.set(result.drill, result)
      hear(renderLine(result))
      wake()
    },
  }
  return runCampaign(drills, audience, stop.signal)
}

async function untilDone(name: string): Promise<DrillResult> {
  for (;;) {
    const result = results.get(name)
    if (result) return result
    const next = new Promise<void>((resolve) => (wake = resolve))
    await Promise.race([
      next,
      campaign.then(() => Promise.reject(new Error(`${name} was not done`))),
    ])
  }
}
