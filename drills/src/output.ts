import chalk from 'chalk'
import Table from 'cli-table3'
import type { Drill } from './drill.ts'
import type { DrillOutcome, DrillResult } from './drill-result.ts'
import { seconds, worst } from './statistics.ts'

const COLOURS: Record<DrillOutcome, (text: string) => string> = {
  passed: chalk.green,
  failed: chalk.red,
  void: chalk.yellow,
  'not judged': chalk.yellow,
}

/** The drills as a table. */
export function renderList(drills: readonly Drill[]): string {
  const table = new Table({
    head: ['name', 'fault', 'what is broken', 'smoke', 'nightly', 'release'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { name, fault, title, injections } of drills) {
    const { smoke, nightly, release } = injections
    table.push([name, fault, title, ...[smoke, nightly, release].map((n) => `${n || '–'}`)])
  }
  return table.toString()
}

/** One drill that was done, in a line. */
export function renderLine(result: DrillResult): string {
  const { outcome, drill, error, durationMs } = result
  const colour = COLOURS[outcome]
  if (error !== null) return `${colour(outcome)} ${drill}: ${error}`
  const gaps = result.injections.map(({ gapMs }) => gapMs)
  const recoveries = result.injections.flatMap(({ recoverMs }) => recoverMs ?? [])
  const facts = [
    `${result.bitten} of ${result.injections.length} injections had an effect`,
    `longest gap ${seconds(worst(gaps))}`,
    `recovery ${seconds(worst(recoveries))}`,
    `${result.acknowledged} orders acknowledged`,
    `${result.redeliveries} redelivered`,
    `${result.secondEffects} second effects`,
    `${result.deadLetters} dead letters`,
    `${result.violations} violations`,
    `took ${seconds(durationMs)}`,
  ]
  return `${colour(outcome)} ${drill}: ${facts.join(', ')}`
}
