import { CouldNotJudge } from './could-not-judge.ts'
import type { ProcessTrace, TraceEvent } from './evidence.ts'
import { readJsonLines } from './json-lines.ts'

const EVENTS: ReadonlySet<unknown> = new Set<TraceEvent['event']>([
  'started',
  'joined',
  'dropped',
  'taken',
  'dead-lettered',
  'stored',
  'committed',
  'rewound',
])

/** Reads what processes say they did, a file each; a line that its process died over is left out. */
export async function readTraces(files: string[]): Promise<ProcessTrace[]> {
  const traces: ProcessTrace[] = []
  for (const file of files) traces.push(...(await readTrace(file)))
  return traces
}

async function readTrace(file: string): Promise<ProcessTrace[]> {
  const lives: ProcessTrace[] = []
  for await (const lines of readJsonLines(file)) {
    for (const { number, value, isTorn } of lines) {
      if (value === undefined && isTorn) continue
      const event = Object(value) as TraceEvent
      if (!EVENTS.has(event.event) || typeof event.at !== 'number') {
        throw new CouldNotJudge(`${file}:${number} is no line of a trace`)
      }
      // A process that was started again under the same name has a life of its own.
      if (event.event === 'started' || lives.length === 0) lives.push({ file, events: [] })
      lives.at(-1)?.events.push(event)
    }
  }
  return lives
}
