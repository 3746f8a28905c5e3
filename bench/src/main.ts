import { writeFileSync } from 'node:fs'
import { describeMachine } from '@orders/drills/machine'
import { listenForInterruption } from '@orders/platform/interruption'
import { runMain } from '@orders/platform/service'
import { readCommandLine, type BenchPlan } from './command-line.ts'
import { growTask } from './grow.ts'
import { installPeers } from './install-peers.ts'
import { withLab } from './lab.ts'
import { renderList, renderSeries, renderStart, renderTask } from './output.ts'
import { renderReport, renderStartReport } from './report.ts'
import type { BenchResult, RowResult } from './result.ts'
import { ROWS } from './rows.ts'
import { prepareOrders, runTask, type Bench } from './run-bench.ts'
import { measureStarts } from './start-run.ts'
import { warmUp } from './warm-up.ts'

const INTERRUPTED = 130
/** The same orders in every bench, so that benches can be held against each other. */
const SEED = 7

await runMain(async () => {
  const args = process.argv.slice(2)
  const plan = readCommandLine(args)
  if (plan === null) return
  if (plan.isList) {
    process.stdout.write(`${renderList(plan.tasks, ROWS)}\n`)
    return
  }
  // Every wait has a limit, so a second signal changes nothing: what was started is stopped.
  const signal = listenForInterruption(null)
  try {
    const command = `npm run bench -- ${args.join(' ')}`.trim()
    await (plan.isStart ? benchStarts : bench)(plan, command, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    say('stopped before the end')
    process.exitCode = INTERRUPTED
  }
})

async function bench(plan: BenchPlan, command: string, signal: AbortSignal): Promise<void> {
  const installed = await installPeers(plan.peers, signal, say)
  await withLab({ ...plan, signal, say }, async (lab) => {
    const made = await prepareOrders(lab, plan, SEED)
    const parts = { lab, plan, installed, made, scope: '' }
    await warmUp(parts)
    const result = emptyResult(parts, command)
    if (plan.grow.length > 0) await growAll(parts, result)
    else await measureAll(parts, result)
  })
}

async function benchStarts(plan: BenchPlan, command: string, signal: AbortSignal): Promise<void> {
  const { reps, jsonFile, reportFile } = plan
  const startedAt = new Date().toISOString()
  const times = await measureStarts({ reps, signal, say })
  const result = { command, startedAt, machine: describeMachine(), ...times }
  process.stdout.write(`\n${renderStart(result)}\n\n`)
  if (jsonFile !== null) writeJson(jsonFile, result)
  if (reportFile !== null) writeFileSync(reportFile, renderStartReport(result))
}

async function measureAll(parts: Bench, result: BenchResult): Promise<void> {
  for (const task of parts.plan.tasks) {
    const done = await runTask(parts, task)
    result.tasks.push(done)
    tell(parts.plan, result, renderTask(done))
    noteFailures(done.rows)
  }
}

async function growAll(parts: Bench, result: BenchResult): Promise<void> {
  for (const name of parts.plan.grow) {
    for (const task of parts.plan.tasks) {
      const series = await growTask(parts, name, task)
      if (series.steps.length === 0) continue
      result.series.push(series)
      tell(parts.plan, result, renderSeries(series))
      for (const { rows, hasFailed } of series.steps) {
        noteFailures(rows)
        if (hasFailed) process.exitCode = 1
      }
    }
  }
}

/** A bench takes long; what it has found by now outlives whatever ends it. */
function tell(plan: BenchPlan, result: BenchResult, table: string): void {
  process.stdout.write(`\n${table}\n\n`)
  writeFiles(plan, result)
}

function noteFailures(rows: readonly RowResult[]): void {
  const runs = rows.flatMap((row) => row.runs)
  if (runs.some(({ kind }) => kind === 'failed')) process.exitCode = 1
}

function emptyResult({ plan, made }: Bench, command: string): BenchResult {
  const { reps, partitions, members } = plan
  const { recordBytes, jsonBytes } = made
  const { seed } = made.source
  const startedAt = new Date().toISOString()
  const facts = { command, startedAt, seed, reps, partitions, members, recordBytes, jsonBytes }
  return { ...facts, machine: describeMachine(), tasks: [], series: [] }
}

function writeFiles({ jsonFile, reportFile }: BenchPlan, result: BenchResult): void {
  if (jsonFile !== null) writeJson(jsonFile, result)
  if (reportFile !== null) writeFileSync(reportFile, renderReport(result))
}

function writeJson(file: string, result: unknown): void {
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
}

function say(line: string): void {
  process.stdout.write(`bench │ ${line}\n`)
}
