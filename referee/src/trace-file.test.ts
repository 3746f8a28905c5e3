import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readTraces } from './trace-file.ts'

const STARTED = '{"at":1,"event":"started","service":"consumer-auto","pid":7}\n'
const JOINED = '{"at":2,"event":"joined","partitions":[0]}\n'

function traceOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'referee-trace-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'trace.jsonl')
  writeFileSync(file, text)
  return file
}

it('reads a life a process, without the line it died over', async () => {
  const file = traceOf(`${STARTED}${JOINED}${STARTED}{"at":3,"eve`)
  expect(await readTraces([file])).toMatchObject([
    { file, events: [{ event: 'started' }, { event: 'joined', partitions: [0] }] },
    { file, events: [{ event: 'started' }] },
  ])
})

it.each(['{"at":3,"eve\n', '{"at":3,"event":"slept"}\n', '{"event":"dropped"}\n'])(
  'cannot judge by %s',
  async (line) => {
    await expect(readTraces([traceOf(`${STARTED}${line}`)])).rejects.toThrow('trace.jsonl:2')
  },
)
