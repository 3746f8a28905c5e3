import { expect, test } from 'vitest'
import { parseClientLine } from './client-line.ts'

const LINE = {
  orders: 10,
  seconds: 0.5,
  startedAtMs: 1_000,
  endedAtMs: 1_500,
  cpuUserSeconds: 0.2,
  cpuSystemSeconds: 0,
  maxRssMb: 90.5,
  versions: { kafkajs: '2.2.4' },
}

test('finds the line among whatever else a client says', () => {
  expect(parseClientLine(`hello\n${JSON.stringify(LINE)}\n`)).toEqual(LINE)
})

test('a line that lacks something is told', () => {
  const { seconds: _left, ...rest } = LINE
  expect(() => parseClientLine(JSON.stringify(rest))).toThrow(/seconds/)
  expect(() => parseClientLine(JSON.stringify({ ...LINE, orders: 0 }))).toThrow(/orders/)
  expect(() => parseClientLine('hello\n')).toThrow(/no line/)
})
