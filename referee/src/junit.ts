import type { CheckResult, Verdict } from './verdict.ts'

const SHOWN_MAX = 5

/** A verdict as a JUnit report: one test case a check. */
export function toJUnit({ checks }: Verdict, name: string): string {
  const count = (outcome: CheckResult['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length
  const counts =
    `tests="${checks.length}" failures="${count('violated')}" errors="0" ` +
    `skipped="${count('not judged')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts}>`,
    ...checks.map((check) => toTestCase(check, name)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function toTestCase(check: CheckResult, name: string): string {
  const { id, title, compared, remarks } = check
  const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(`${id} ${title}`)}"`
  const said = [compared, ...remarks].map(escapeXml).join('\n')
  return [
    `${head} time="0">`,
    ...toOutcome(check),
    `      <system-out>${said}</system-out>`,
    '    </testcase>',
  ].join('\n')
}

function toOutcome({ outcome, compared, why, violations }: CheckResult): string[] {
  if (outcome === 'not judged') return [`      <skipped message="${escapeXml(why ?? '')}"/>`]
  if (outcome === 'holds') return []
  const lines = violations.slice(0, SHOWN_MAX).map(({ what }) => escapeXml(what))
  const message = `message="${escapeXml(compared)}" type="violated"`
  return [`      <failure ${message}>${lines.join('\n')}</failure>`]
}

/** XML 1.0 knows no other control characters, escaped or not, and no half of a surrogate pair. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}
