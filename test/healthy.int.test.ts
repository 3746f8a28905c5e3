import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { judge } from '@orders/referee/judge'
import { readEvidence } from '@orders/referee/read-evidence'
import { expect, onTestFinished, test } from 'vitest'
import { createBench, readPositions, type Bench } from './bench.ts'
import { readCommitted, readEnds } from './evidence.ts'
import { lastLines, tellOnFailure, untilDone } from './load.ts'
import { startService } from './running-service.ts'
import { until } from './until.ts'

const ORDERS = 100_000
const READ_LIMIT_MS = 1_200_000
const LOOK_EVERY_MS = 3_000
const TEST_LIMIT_MS = 1_800_000

/** A referee that sees faults everywhere is of no more use than one that sees none. */
test(
  'raises no alarm over a healthy run of 100 000 orders',
  async () => {
    const bench = createBench()
    const folder = mkdtempSync(join(tmpdir(), 'orders-healthy-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const consumers = (['auto', 'batch'] as const).map((name) => {
      const trace = join(folder, `${name}.jsonl`)
      return { name, trace, commitEvery: name === 'auto' ? 1 : 10 }
    })
    const args = ['--count', String(ORDERS), '--interval', '0']
    const producer = startService(bench, 'producer', { args })
    const services = consumers.map(({ name, trace }) =>
      startService(bench, `consumer-${name}`, { env: { TRACE_FILE: trace } }),
    )
    tellOnFailure(producer, ...services)
    await untilDone(producer)
    await until(
      'everything is read',
      async () => {
        // Looking takes time away from what is looked at.
        await sleep(LOOK_EVERY_MS)
        return isRead(bench)
      },
      READ_LIMIT_MS,
    )
    for (const service of services) {
      expect(await service.end('SIGTERM'), lastLines(service)).toMatchObject({ code: 0 })
    }

    const { settings, topic, dlqTopic, registryUrl, redisUrl, ledgerFile } = bench
    const evidence = await readEvidence(
      {
        settings,
        topic,
        dlqTopic,
        registryUrl,
        redisUrl,
        ledgerFiles: [ledgerFile],
        consumers: consumers.map(({ name, trace, commitEvery }) => {
          return {
            name,
            groupId: bench.groupOf(name),
            commitEvery,
            traceFiles: [trace],
          }
        }),
      },
      {
        isRunning: false,
        redisLost: false,
        isHealthy: true,
        movedGroups: [],
        fenceWatch: null,
        liveness: null,
      },
    )
    const { checks, exitCode, summary } = judge(evidence)
    expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    expect(checks.filter(({ outcome }) => outcome !== 'holds')).toEqual([])
    expect(exitCode).toBe(0)
    expect(summary).toMatchObject({ tried: ORDERS, acknowledged: ORDERS, records: ORDERS })
  },
  TEST_LIMIT_MS,
)

/** Both have stored everything; auto has committed all of it, batch all but the last few. */
async function isRead(bench: Bench): Promise<boolean> {
  const ends = [...(await readEnds(bench))]
  for (const name of ['auto', 'batch'] as const) {
    const positions = await readPositions(bench, name)
    if (ends.some(([partition, end]) => (positions[partition]?.next ?? 0n) < end)) return false
    const committed = await readCommitted(bench, name)
    const open = ends.reduce((sum, [partition, end]) => {
      return sum + end - (committed.get(partition) ?? 0n)
    }, 0n)
    if (open >= (name === 'auto' ? 1n : 10n)) return false
  }
  return ends.length > 0
}
