import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProcessTrace } from '@orders/referee/evidence'
import { judge } from '@orders/referee/judge'
import { readTraces } from '@orders/referee/trace-file'
import { expect, onTestFinished, test } from 'vitest'
import { createBench, type Bench } from './bench.ts'
import { readRemains } from './broken-evidence.ts'
import { untilDrained } from './evidence.ts'
import { endLoad, lastLines, startLoad, tellOnFailure, untilStoredMore } from './load.ts'
import { startService, type RunningService } from './running-service.ts'

const NAMES = ['auto', 'batch'] as const
const ORDERS_PER_SECOND = 300
const ORDERS_PER_STEP = 600

/** The members of both groups, each with a worker for each partition and a trace of its own. */
class Members {
  readonly running: RunningService[] = []
  readonly traces: Record<(typeof NAMES)[number], string[]> = { auto: [], batch: [] }
  readonly #bench: Bench
  readonly #folder: string

  constructor(bench: Bench) {
    this.#bench = bench
    this.#folder = mkdtempSync(join(tmpdir(), 'orders-workers-'))
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }))
  }

  /** One member more in each group. */
  add(): void {
    for (const name of NAMES) {
      const trace = join(this.#folder, `${name}-${this.traces[name].length}.jsonl`)
      this.traces[name].push(trace)
      const env = { WORKERS: 'partition', TRACE_FILE: trace }
      const member = startService(this.#bench, `consumer-${name}`, { env })
      tellOnFailure(member)
      this.running.push(member)
    }
  }

  /** Ends the oldest so many. */
  async end(count: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = this.running.splice(0, count)
    const ends = await Promise.all(ending.map((member) => member.end(signal)))
    if (signal === 'SIGKILL') return
    ends.forEach(({ code }, i) => expect(code, ending[i] && lastLines(ending[i])).toBe(0))
  }
}

/** Whether a process ever handled two partitions at the same time. */
function isSideBySide({ events }: ProcessTrace): boolean {
  let open: number | null = null
  for (const event of events) {
    if (event.event === 'taken') {
      if (open !== null && open !== event.partition) return true
      open = event.partition
    } else if (event.event === 'stored') open = null
    else if (event.event === 'dropped') open = null
  }
  return false
}

test('a worker for each partition keeps every promise, through kills and changes of the group', async () => {
  const bench = createBench()
  const members = new Members(bench)
  const load = startLoad(bench, ORDERS_PER_SECOND)
  tellOnFailure(load)
  const goOn = () => Promise.all(NAMES.map((name) => untilStoredMore(bench, name, ORDERS_PER_STEP)))
  members.add()
  await goOn()
  await members.end(2, 'SIGKILL')
  members.add()
  await goOn()
  members.add()
  await goOn()
  await members.end(2, 'SIGTERM')
  await goOn()
  await endLoad(load)
  for (const name of NAMES) await untilDrained(bench, name)
  await members.end(members.running.length, 'SIGTERM')

  const { traces } = members
  const verdict = judge(await readRemains(bench, { traces, hasLedger: true, isRunning: false }))
  expect(verdict.checks.flatMap(({ violations }) => violations)).toEqual([])
  expect(verdict.exitCode).toBe(0)
  const lives = await readTraces([...traces.auto, ...traces.batch])
  expect(lives.filter(isSideBySide).length).toBeGreaterThan(0)
})
