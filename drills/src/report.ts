import type { Tier } from './drill.ts'
import type { DrillResult } from './drill-result.ts'
import type { Machine } from './machine.ts'
import { median, seconds, sum, worst } from './statistics.ts'

/** How a campaign was run. */
export interface CampaignFacts extends Machine {
  command: string
  seed: number
  tier: Tier
  /** ISO 8601, UTC. */
  startedAt: string
}

/** One run of drills and what came of it, as it is written to JSON. */
export interface CampaignRun extends CampaignFacts {
  results: readonly DrillResult[]
}

const HEAD = [
  'fault',
  'drill',
  'outcome',
  'injections',
  'with effect',
  'void',
  'violations',
  'gap median',
  'gap worst',
  'worst without acknowledgement',
  'recovery median',
  'recovery worst',
  'acknowledged',
  'redelivered',
  'second effects',
  'dead letters',
]
const TEXT_COLUMNS = 3

/** Runs as one report in Markdown: how they were made, a row a drill, the sums, what was wrong. */
export function renderReport(runs: readonly CampaignRun[]): string {
  const results = runs.flatMap((run) => run.results)
  const parts = [
    '# Drills',
    runs.map(renderFacts).join('\n'),
    ...runs.slice(-1).map(renderMachine),
    renderTable(results),
    renderMeaning(),
    ...results.filter(({ outcome }) => outcome !== 'passed').map(renderTrouble),
  ]
  return `${parts.join('\n\n')}\n`
}

function renderFacts({ command, seed, tier, startedAt, results }: CampaignRun): string {
  const durationMs = sum(results.map((result) => result.durationMs))
  return `- ${startedAt}: \`${command}\` (tier ${tier}, seed ${seed}), ${seconds(durationMs)}.`
}

function renderMachine({ versions, cores, memoryMb, processor }: CampaignRun): string {
  return [
    `- Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    `- Machine: ${cores} cores (${processor}), ${memoryMb} MB; brokers, services and drill share it.`,
  ].join('\n')
}

function renderTable(results: readonly DrillResult[]): string {
  const rule = HEAD.map((_, index) => (index < TEXT_COLUMNS ? '---' : '--:'))
  const rows = [HEAD, rule, ...results.map(renderRow), renderSums(results)]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function renderRow(result: DrillResult): string[] {
  const { fault, drill, outcome, injections } = result
  return [fault, drill, outcome, ...renderNumbers([result], injections.length)]
}

function renderSums(results: readonly DrillResult[]): string[] {
  const passed = results.filter(({ outcome }) => outcome === 'passed').length
  const count = sum(results.map(({ injections }) => injections.length))
  return ['', '**all**', `${passed} of ${results.length} passed`, ...renderNumbers(results, count)]
}

function renderNumbers(results: readonly DrillResult[], injections: number): string[] {
  const measured = results.flatMap((result) => result.injections)
  const gaps = measured.map(({ gapMs }) => gapMs)
  const recoveries = measured.flatMap(({ recoverMs }) => recoverMs ?? [])
  const total = (of: (result: DrillResult) => number): string => `${sum(results.map(of))}`
  return [
    `${injections}`,
    total(({ bitten }) => bitten),
    total((result) => result.void),
    total(({ violations }) => violations),
    seconds(median(gaps)),
    seconds(worst(gaps)),
    seconds(worst(measured.map((injection) => injection.gaps.acknowledged))),
    seconds(median(recoveries)),
    seconds(worst(recoveries)),
    total(({ acknowledged }) => acknowledged),
    total(({ redeliveries }) => redeliveries),
    total(({ secondEffects }) => secondEffects),
    total(({ deadLetters }) => deadLetters),
  ]
}

function renderMeaning(): string {
  return [
    'A gap is the longest stretch in which nothing was acknowledged, or nothing stored by one of the',
    'consumers, from the beginning of a fault to the end of the recovery. Recovery is the time from',
    'the end of a fault until all that was tried by then was acknowledged and in Redis for both',
    'consumers. An injection is void when nothing shows that it had an effect.',
  ].join('\n')
}

function renderTrouble({ drill, outcome, error, verdict, injections }: DrillResult): string {
  const violated = (verdict?.checks ?? []).flatMap(({ id, violations }) =>
    violations.map(({ what }) => `- ${id}: ${what}`),
  )
  const notJudged = (verdict?.checks ?? []).flatMap(({ id, outcome: found, why }) =>
    found === 'not judged' ? [`- ${id} was not judged: ${why}`] : [],
  )
  const done = injections.map(({ what, bite }) => `- ${what}: ${bite ?? 'no effect'}`)
  return [
    `## ${drill}: ${outcome}`,
    '',
    ...(error === null ? [] : [`- ${error}`]),
    ...violated,
    ...notJudged,
    ...done,
  ].join('\n')
}
