import chalk from 'chalk'
import Table from 'cli-table3'
import type { CheckResult, Verdict, VerdictSummary, Violation } from './verdict.ts'

const SHOWN_MAX = 5
const TITLE_WIDTH = 38
const COMPARED_WIDTH = 48

/** A verdict for people: a table, the first offenders of each check, and a last line in words. */
export function renderVerdict(verdict: Verdict): string {
  const parts = [
    renderTable(verdict.checks),
    ...verdict.checks.flatMap(renderOffenders),
    ...verdict.checks.flatMap(renderNotes),
    renderSummary(verdict.summary),
    renderLastLine(verdict),
  ]
  return `${parts.join('\n')}\n`
}

function renderTable(checks: CheckResult[]): string {
  const table = new Table({
    head: ['check', 'promise', 'held against each other', 'outcome'],
    colWidths: [null, TITLE_WIDTH, COMPARED_WIDTH, null],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  })
  for (const { id, title, compared, outcome } of checks) {
    table.push([id, title, compared, colourOf(outcome)(outcome)])
  }
  return table.toString()
}

function colourOf(outcome: CheckResult['outcome']): (text: string) => string {
  if (outcome === 'violated') return chalk.red
  return outcome === 'holds' ? chalk.green : chalk.yellow
}

function renderOffenders({ id, violations }: CheckResult): string[] {
  return violations
    .slice(0, SHOWN_MAX)
    .map((violation) => chalk.red(`${id}  ${inWords(violation)}`))
}

/** The sentence, and after it what a person needs to look the place up. */
function inWords({ what, orderId, partition, offset }: Violation): string {
  const about = [
    ...(orderId === undefined ? [] : [`order ${orderId}`]),
    ...(partition === undefined ? [] : [`partition ${partition}`]),
    ...(offset === undefined ? [] : [`offset ${offset}`]),
  ]
  return printable(about.length === 0 ? what : `${what} (${about.join(', ')})`)
}

function renderNotes({ id, why, remarks }: CheckResult): string[] {
  const notes = why === null ? remarks : [`not judged: ${why}`, ...remarks]
  return notes.slice(0, SHOWN_MAX).map((note) => chalk.dim(printable(`${id}  ${note}`)))
}

/** What was read may hold anything, also what a terminal obeys. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�')
}

function renderSummary(summary: VerdictSummary): string {
  const { tried, acknowledged, unknown, unknownOnLog, refused, consumers } = summary
  return [
    `${tried} orders tried: ${acknowledged} acknowledged, ${refused} refused, ` +
      `${unknown} unknown (${unknownOnLog} of them on the log)`,
    `${summary.records} records, ${summary.badRecords} of them bad; ` +
      `${summary.deadLetters} dead letters`,
    ...consumers.map(
      ({ name, stored, deliveredAgain, lost, secondEffects }) =>
        `${name}: ${stored} stored, ${deliveredAgain} delivered again, ${lost} lost, ` +
        `${secondEffects} second effects`,
    ),
  ].join('\n')
}

function renderLastLine({ exitCode, checks }: Verdict): string {
  const named = (outcome: CheckResult['outcome']): string =>
    checks
      .filter((check) => check.outcome === outcome)
      .map(({ id }) => id)
      .join(', ')
  const open = named('not judged')
  const except = open === '' ? '' : ` (not judged: ${open})`
  if (exitCode === 1) return chalk.red.bold(`verdict: violated: ${named('violated')}${except}`)
  if (exitCode === 2) return chalk.yellow.bold(`verdict: none, too little is known${except}`)
  return chalk.green.bold(`verdict: every promise that was judged holds${except}`)
}
