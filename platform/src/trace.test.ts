import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTrace } from './trace.ts'

test('each event is on disk as a line before the next thing happens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'trace.jsonl')
  const trace = openTrace(file)
  trace.record({ event: 'taken', partition: 2, offsets: [7, 8] })
  const [line = ''] = readFileSync(file, 'utf8').split('\n')
  expect(JSON.parse(line)).toEqual({
    at: expect.any(Number) as number,
    event: 'taken',
    partition: 2,
    offsets: [7, 8],
  })
  trace.close()
  trace.record({ event: 'dropped' })
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1)
})

test('without a file nothing is recorded', () => {
  const trace = openTrace(undefined)
  trace.record({ event: 'dropped' })
  trace.close()
})

test('a file that cannot be written is one clear line', () => {
  expect(() => openTrace('/dev/null/trace')).toThrow(/TRACE_FILE="\/dev\/null\/trace" cannot/)
})
