import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ClusterError } from './cluster-error.ts'
import { countMavenLine, explainMavenFailure, NO_PROGRESS } from './maven-progress.ts'
import type { Report } from './report.ts'
import { findProgram } from './search-path.ts'
import type { ClusterSettings } from './settings.ts'
import { logFolder } from './state-folder.ts'

/** One fetch: what pom.xml names goes into the target folder. */
export interface MavenRun {
  settings: ClusterSettings
  pom: string
  target: string
  report: Report
  signal?: AbortSignal | undefined
}

const WRAPPER = fileURLToPath(new URL('../mvnw', import.meta.url))
const FETCH_LIMIT_MS = 30 * 60_000

/** Runs the Maven on the search path, else the wrapper, which fetches Maven first. */
export async function runMaven(run: MavenRun): Promise<void> {
  const startedAtMs = Date.now()
  const logFile = join(logFolder(run.settings), 'fetch.log')
  mkdirSync(logFolder(run.settings), { recursive: true })
  const { output, summary, failure } = await follow(startMaven(run), logFile, run.report)
  run.signal?.throwIfAborted()
  if (failure === null) {
    const seconds = Math.round((Date.now() - startedAtMs) / 1000)
    run.report.info(`fetched the programs: ${summary}, ${seconds} s`)
    return
  }
  throw new ClusterError(
    `cannot fetch the programs (${failure}): ${explainMavenFailure(output)}; ` +
      `check the network and run it again, all of it is in ${logFile}`,
  )
}

function startMaven({ settings, pom, target, report, signal }: MavenRun): ChildProcess {
  const mvn = findProgram('mvn', settings.searchPath)
  const [command, first] = mvn === null ? ['sh', [WRAPPER]] : [mvn, []]
  const name = mvn ?? 'the Maven wrapper, which fetches Maven first'
  report.info(`fetching Kafka, the registry and Redis, about 200 MB, once, with ${name}`)
  // -U: a failure that Maven remembers from last time is not one now.
  const goal = ['-U', '-B', '-Dstyle.color=never', '-f', pom, `-Dartifacts=${target}`]
  return spawn(command, [...first, ...goal, 'process-resources'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: FETCH_LIMIT_MS,
    ...(signal ? { signal } : {}),
  })
}

async function follow(child: ChildProcess, logFile: string, report: Report) {
  const log = createWriteStream(logFile)
  const lines: string[] = []
  let progress = NO_PROGRESS
  const summary = () => `${progress.files} files, ${progress.megabytes.toFixed(1)} MB`
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      lines.push(line)
      progress = countMavenLine(progress, line)
      report.progress(`fetching: ${summary()}, now ${progress.current || 'Maven itself'}`)
    })
  }
  const failure = await waitForEnd(child)
  log.end()
  return { output: lines.join('\n'), summary: summary(), failure }
}

function waitForEnd(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      resolve(code === 0 ? null : `Maven ended with ${signal ?? `code ${code}`}`)
    })
  })
}
