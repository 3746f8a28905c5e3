import { measureConsuming } from './consume-run.ts'
import type { Installed } from './install-peers.ts'
import type { Lab } from './lab.ts'
import { measureLatency } from './latency-run.ts'
import {
  findRedisBenchmark,
  measureCommits,
  measurePerfTest,
  measureRedisBenchmark,
} from './limit-runs.ts'
import { measureProducing, type RunPlan } from './produce-run.ts'
import type { Measure } from './result.ts'
import { missingSettings, type Row } from './rows.ts'
import type { Task } from './tasks.ts'

/** Says why a row cannot be run here; null when it can. */
export function absenceOf(lab: Lab, row: Row, installed: Installed): string | null {
  const missing = missingSettings(row)
  if (missing.length > 0) return `not built yet: needs ${missing.join(', ')}`
  const { program } = row
  if (program.kind === 'client' || program.kind === 'commits') {
    const client = program.kind === 'client' ? program.client : 'kafkajs'
    return lab.members > 1 ? 'is a single member' : installed[client]
  }
  if (program.kind !== 'redis-benchmark' || findRedisBenchmark(lab) !== null) return null
  return 'there is no redis-benchmark beside the Redis in use or on PATH'
}

/** Does one run of a row. */
export function measureRow(lab: Lab, task: Task, plan: RunPlan, topic: string): Promise<Measure> {
  const { program } = plan.row
  if (program.kind === 'perf-test') return measurePerfTest(lab, plan)
  if (program.kind === 'redis-benchmark') return measureRedisBenchmark(lab, plan, program)
  if (program.kind === 'commits') return measureCommits(lab, plan, program.mode, topic)
  switch (task.kind) {
    case 'produce':
      return measureProducing(lab, plan)
    case 'consume':
      return measureConsuming(lab, plan, topic)
    case 'latency':
      return measureLatency(lab, plan)
  }
}
