import { writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { listenForInterruption } from '@orders/platform/interruption'
import { runMain } from '@orders/platform/service'
import { compareConsumers } from './compare-consumers.ts'
import { compareProducers } from './compare-producers.ts'
import { withLab, type Lab } from './lab.ts'
import { readOptions, type Options } from './options.ts'
import type { Row } from './row.ts'
import { renderTable, TIMES_NOTE } from './table.ts'
import { judge } from './verdict.ts'

const NO_VERDICT = 2
const INTERRUPTED = 130
const MS_PER_SECOND = 1_000

await runMain(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === null) return
  // Every wait has a limit, so a second signal changes nothing: what was started is stopped.
  const signal = listenForInterruption(null)
  try {
    process.exitCode = await compare(options, signal)
  } catch (error) {
    process.exitCode = signal.aborted ? INTERRUPTED : NO_VERDICT
    if (!signal.aborted) process.stderr.write(`${inspect(error)}\n`)
    say('stopped before the end: no verdict')
  }
})

async function compare(options: Options, signal: AbortSignal): Promise<number> {
  const { seed, kinds, jsonFile } = options
  const start = Date.now()
  say(`seed ${seed}`)
  const rows = await withLab({ seed, signal, say }, (lab) => compareKinds(options, lab))
  const { exitCode, sentences } = judge(rows, kinds)
  const durationMs = Date.now() - start
  process.stdout.write(`\n${renderTable(rows)}\n${TIMES_NOTE}\n\n`)
  for (const sentence of sentences) say(sentence)
  say(`seed ${seed}, ${(durationMs / MS_PER_SECOND).toFixed(0)} s`)
  if (jsonFile !== null) {
    const result = { seed, durationMs, exitCode, sentences, rows }
    writeFileSync(jsonFile, `${JSON.stringify(result, null, 2)}\n`)
  }
  return exitCode
}

async function compareKinds({ kinds }: Options, lab: Lab): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of kinds) {
    rows.push(...(await (kind === 'consumers' ? compareConsumers(lab) : compareProducers(lab))))
  }
  return rows
}

function say(line: string): void {
  process.stdout.write(`compare │ ${line}\n`)
}
