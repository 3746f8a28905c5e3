import { writeFileSync } from 'node:fs'
import { ensureArtifacts } from '@orders/cluster/artifacts'
import { runMain } from '@orders/platform/service'
import { loadEnvFile } from '@orders/platform/settings'
import { describeError, UserError } from '@orders/platform/user-error'
import { readCommandLine, type RefereePlan } from './command-line.ts'
import { CouldNotJudge } from './could-not-judge.ts'
import type { Circumstances, Liveness } from './evidence.ts'
import { judge } from './judge.ts'
import { toJUnit } from './junit.ts'
import { readEvidence } from './read-evidence.ts'
import { renderVerdict } from './render.ts'
import { untilSettled } from './settle.ts'
import type { Verdict } from './verdict.ts'

const EXIT_NOT_JUDGED = 2

await runMain(async () => {
  loadEnvFile()
  const plan = readCommandLine(process.argv.slice(2), process.env)
  if (!plan) return
  try {
    await fetchTools(plan)
    const circumstances = await learnCircumstances(plan)
    const verdict = judge(await readEvidence(plan.sources, circumstances))
    process.stdout.write(`${renderVerdict(verdict)}\n`)
    writeReports(plan, verdict)
    process.exitCode = verdict.exitCode
  } catch (error) {
    if (!(error instanceof CouldNotJudge)) throw error
    process.stderr.write(`could not judge: ${error.message}\n`)
    process.exitCode = EXIT_NOT_JUDGED
  }
})

async function fetchTools({ sources }: RefereePlan): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  await ensureArtifacts(sources.settings, { progress: () => undefined, info: say, warn: say })
}

async function learnCircumstances(plan: RefereePlan): Promise<Circumstances> {
  return {
    isRunning: plan.isRunning,
    redisLost: false,
    isHealthy: false,
    movedGroups: [],
    fenceWatch: null,
    liveness: plan.isRunning ? null : await waitForConsumers(plan),
  }
}

async function waitForConsumers({ sources, waitMs }: RefereePlan): Promise<Liveness> {
  const failures = await untilSettled(sources, waitMs)
  return { failures, measured: `both consumers at the end of the log within ${waitMs / 1_000} s` }
}

function writeReports({ jsonFile, junitFile }: RefereePlan, verdict: Verdict): void {
  if (jsonFile !== null) write(jsonFile, `${JSON.stringify(verdict, null, 2)}\n`)
  if (junitFile !== null) write(junitFile, toJUnit(verdict, 'referee'))
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UserError(`cannot write ${file}: ${describeError(error)}`)
  }
}
