import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TraceEvent } from '@orders/referee/evidence'
import { expect, onTestFinished, test } from 'vitest'
import { readTrace, uncommitted } from './traces.ts'

type Event = TraceEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never

const at = (events: Event[]): TraceEvent[] =>
  events.map((event, index) => ({ at: index, ...event }) as TraceEvent)

test('what is stored and not committed is what has to come again', () => {
  const events = at([
    { event: 'taken', partition: 1, offsets: [0, 1, 2] },
    { event: 'stored', partition: 1, offsets: [0, 1, 2] },
    { event: 'committed', offsets: { 1: 2 }, isLate: false },
    { event: 'taken', partition: 3, offsets: [9] },
  ])
  expect(uncommitted(events)).toEqual({
    stored: [{ partition: 1, offset: 2 }],
    taken: [
      { partition: 1, offset: 2 },
      { partition: 3, offset: 9 },
    ],
  })
})

test('after a change of the group nothing is in hand', () => {
  const events = at([
    { event: 'taken', partition: 1, offsets: [0] },
    { event: 'stored', partition: 1, offsets: [0] },
    { event: 'dropped' },
  ])
  expect(uncommitted(events)).toEqual({ stored: [], taken: [] })
})

test('a torn last line is left out, and a file that is not there is empty', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'a.jsonl')
  writeFileSync(file, '{"at":1,"event":"dropped"}\n{"at":2,"ev')
  expect(readTrace(file)).toEqual([{ at: 1, event: 'dropped' }])
  expect(readTrace(join(folder, 'none'))).toEqual([])
})
