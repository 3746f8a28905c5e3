import { readFileSync, writeFileSync } from 'node:fs'
import { listenForInterruption } from '@orders/platform/interruption'
import { runMain } from '@orders/platform/service'
import { UserError, describeError } from '@orders/platform/user-error'
import { renderVerdict } from '@orders/referee/render'
import { runCampaign, type Audience } from './campaign.ts'
import { catalogue } from './catalogue.ts'
import { readCommandLine, type DrillPlan } from './command-line.ts'
import { exitCodeOf, type DrillResult } from './drill-result.ts'
import { toJUnit } from './junit.ts'
import { describeMachine } from './machine.ts'
import { renderLine, renderList } from './output.ts'
import { renderReport, type CampaignRun } from './report.ts'

const INTERRUPTED = 130

await runMain(async () => {
  const args = process.argv.slice(2)
  const plan = readCommandLine(args)
  if (plan === null) return
  if (plan.isList) {
    process.stdout.write(`${renderList(catalogue)}\n`)
    return
  }
  const earlier = plan.earlierFiles.map(readRun)
  if (plan.drills.length === 0 && plan.reportFile !== null) {
    writeFileSync(plan.reportFile, renderReport(earlier))
    return
  }
  // Whoever asks twice wants the prompt back; the services end with the channel to this process.
  await runPlan(plan, args, earlier, listenForInterruption(INTERRUPTED))
})

async function runPlan(
  plan: DrillPlan,
  args: string[],
  earlier: CampaignRun[],
  signal: AbortSignal,
): Promise<void> {
  const startedAt = new Date()
  const results: DrillResult[] = []
  const command = `npm run drill -- ${args.join(' ')}`
  const { seed, tier } = plan
  const facts = { command, seed, tier, startedAt: startedAt.toISOString(), ...describeMachine() }
  const write = (): void => writeFiles(plan, earlier, { ...facts, results })
  say(`seed ${plan.seed}: the same again with --seed ${plan.seed}`)
  const audience: Audience = {
    say,
    onResult: (result) => {
      results.push(result)
      tell(result)
      // A campaign takes an hour; what it has found by now outlives whatever ends it.
      write()
    },
  }
  try {
    await runCampaign(plan, audience, signal)
    process.exitCode = exitCodeOf(results.map(({ outcome }) => outcome))
  } catch (error) {
    if (!signal.aborted) throw error
    say('stopped before the end')
    process.exitCode = INTERRUPTED
  } finally {
    write()
  }
}

function writeFiles(
  { jsonFile, junitFile, reportFile }: DrillPlan,
  earlier: CampaignRun[],
  run: CampaignRun,
): void {
  if (jsonFile !== null) writeFileSync(jsonFile, `${JSON.stringify(run, null, 2)}\n`)
  if (junitFile !== null) writeFileSync(junitFile, toJUnit(run.results))
  if (reportFile !== null) writeFileSync(reportFile, renderReport([...earlier, run]))
}

function readRun(file: string): CampaignRun {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as CampaignRun
    if (Array.isArray(run.results)) return run
    throw new Error('it holds no results')
  } catch (error) {
    throw new UserError(`--with ${file}: ${describeError(error)}; give what --json has written`)
  }
}

function tell(result: DrillResult): void {
  say(renderLine(result))
  const { outcome, verdict, folder } = result
  if (outcome === 'failed' && verdict !== null) process.stdout.write(`${renderVerdict(verdict)}\n`)
  if (outcome !== 'passed' && folder !== null) say(`kept in ${folder}`)
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
}
