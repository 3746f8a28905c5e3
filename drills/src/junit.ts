import type { DrillResult } from './drill-result.ts'
import { sum } from './statistics.ts'

const SHOWN_MAX = 20
const MS_PER_SECOND = 1_000

/** All drills as a JUnit report: one test case a drill. */
export function toJUnit(results: readonly DrillResult[]): string {
  const count = (outcome: DrillResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  const time = sum(results.map(({ durationMs }) => durationMs)) / MS_PER_SECOND
  const counts =
    `tests="${results.length}" failures="${count('failed')}" errors="${count('not judged')}" ` +
    `skipped="${count('void')}" time="${time}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="drills" ${counts}>`,
    `  <testsuite name="drills" ${counts}>`,
    ...results.map(toTestCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function toTestCase(result: DrillResult): string {
  const { drill, fault, durationMs } = result
  const name = `classname="drills.${escapeXml(fault)}" name="${escapeXml(drill)}"`
  const inner = describeOutcome(result)
  return [
    `    <testcase ${name} time="${durationMs / MS_PER_SECOND}">`,
    ...(inner === null ? [] : [`      ${inner}`]),
    '    </testcase>',
  ].join('\n')
}

function describeOutcome({ outcome, error, verdict }: DrillResult): string | null {
  if (outcome === 'passed') return null
  if (outcome === 'void') return '<skipped message="no injection had an effect"/>'
  if (outcome === 'not judged') {
    const notJudged = (verdict?.checks ?? []).flatMap(({ id, why }) => (why ? `${id}: ${why}` : []))
    return `<error message="${escapeXml(error ?? notJudged.join('; '))}"/>`
  }
  const checks = (verdict?.checks ?? []).filter((check) => check.outcome === 'violated')
  const message = checks.map(({ id, title }) => `${id} ${title}`).join('; ')
  const lines = checks.flatMap(({ violations }) => violations.map(({ what }) => what))
  const text = lines.slice(0, SHOWN_MAX).join('\n')
  return `<failure message="${escapeXml(message)}">${escapeXml(text)}</failure>`
}

/** XML 1.0 knows no other control characters, escaped or not. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
