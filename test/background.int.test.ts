import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judge } from '@orders/referee/judge'
import { readTraces } from '@orders/referee/trace-file'
import { expect, onTestFinished, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import { readRemains } from './broken-evidence.ts'
import { untilDrained } from './evidence.ts'
import { lastLines, tellOnFailure, untilDone } from './load.ts'
import { startService, type RunningService } from './running-service.ts'

const ORDERS = 6_000
const WRITE_SIZE = 7
const CRASHES = ['before-write:400:kill', 'after-write:250:kill', 'after-write:20:kill'] as const

/** One life of consumer-auto after the other, each with a trace of its own. */
function createLives(bench: Bench) {
  const folder = mkdtempSync(join(tmpdir(), 'orders-background-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const traces: string[] = []
  const start = (faultPoint: string): RunningService => {
    const trace = join(folder, `${traces.length}.jsonl`)
    traces.push(trace)
    const env = {
      COMMIT_MODE: 'background',
      WRITE_SIZE: String(WRITE_SIZE),
      WORKERS: 'partition',
      TRACE_FILE: trace,
      FAULT_POINT: faultPoint,
    }
    const member = startService(bench, 'consumer-auto', { env })
    tellOnFailure(member)
    return member
  }
  return { traces, start }
}

test('several orders a write, commits in the background: a crash repeats orders, and loses none', async () => {
  const bench = createBench()
  const args = ['--count', String(ORDERS), '--interval', '0']
  await untilDone(startService(bench, 'producer', { args }))
  const { traces, start } = createLives(bench)
  for (const point of CRASHES) {
    const life = start(point)
    expect(await life.exited, lastLines(life)).toMatchObject({ signal: 'SIGKILL' })
  }
  const last = start('')
  await untilDrained(bench, 'auto')
  expect(await last.end('SIGTERM'), lastLines(last)).toMatchObject({ code: 0 })

  const remains = { traces: { auto: traces }, hasLedger: true, isRunning: false }
  const evidence = await readRemains(bench, remains)
  const consumers = evidence.consumers.map((one) => ({ ...one, commitEvery: 0 }))
  const { checks } = judge({ ...evidence, consumers })
  expect(checks.flatMap(({ violations }) => violations)).toEqual([])
  expect(evidence.consumers[0]?.stored.size).toBe(ORDERS)
  expect(Math.max(...(await readWriteSizes(traces)))).toBe(WRITE_SIZE)
})

async function readWriteSizes(traces: string[]): Promise<number[]> {
  const lives = await readTraces(traces)
  return lives.flatMap(({ events }) =>
    events.flatMap((event) => (event.event === 'stored' ? [event.offsets.length] : [])),
  )
}
