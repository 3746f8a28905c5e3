import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { sure } from './altered.samples.ts'
import type { Evidence } from './evidence.ts'
import { judge } from './judge.ts'
import { toJUnit } from './junit.ts'
import { renderVerdict } from './render.ts'
import { sampleRun } from './run.samples.ts'

function brokenRun(): Evidence {
  const evidence = sampleRun()
  for (const order of evidence.ledger.orders.values()) order.digest = 'another'
  evidence.circumstances = {
    ...evidence.circumstances,
    liveness: { failures: ['<"&\'> \u0007 \u001b[31m \ud800 ﷐'], measured: 'x' },
  }
  evidence.consumers.forEach((consumer) => {
    consumer.commits = null
    consumer.traces = null
  })
  return evidence
}

function textOf(evidence: Evidence): string {
  return stripVTControlCharacters(renderVerdict(judge(evidence)))
}

test('a good verdict ends with one line that says so', () => {
  const text = textOf(sampleRun())
  expect(text.trimEnd().split('\n').at(-1)).toBe('verdict: every promise that was judged holds')
  for (let number = 1; number <= 11; number += 1) expect(text).toContain(`C${number} `)
})

test('a bad verdict shows five offenders a check with order, partition and offset', () => {
  const text = textOf(brokenRun())
  const shown = text.split('\n').filter((line) => line.startsWith('C1  order-'))
  expect(shown).toHaveLength(5)
  expect(shown[0]).toMatch(/\(order order-\d+, partition \d, offset \d+\)$/)
  expect(text.trimEnd()).toMatch(/verdict: violated: C1, C11 \(not judged: C6, C7, C8\)$/)
})

test('a verdict shows nothing that a terminal would obey', () => {
  expect(textOf(brokenRun())).toContain('<"&\'> � �[31m')
})

test('no verdict is told as such', () => {
  expect(textOf({ ...sampleRun(), consumers: [] })).toMatch(/verdict: none, too little is known/)
})

test('the JUnit report counts, and escapes what XML cannot hold', () => {
  const xml = toJUnit(judge(brokenRun()), 'a "drill" & more')
  expect(xml).toContain('name="a &quot;drill&quot; &amp; more" tests="11" failures="2"')
  expect(xml).toContain('skipped="3"')
  expect(xml.match(/<testcase /g)).toHaveLength(11)
  expect(xml.match(/<failure /g)).toHaveLength(2)
  expect(xml.match(/<skipped /g)).toHaveLength(3)
  expect(xml).toContain('&lt;&quot;&amp;&apos;&gt; � �[31m �')
  expect(sure(xml.match(/says something else/g))).toHaveLength(5)
})
