import { loadEnvFile } from '@orders/platform/settings'
import { Command } from 'commander'
import { ClusterError } from './cluster-error.ts'
import { inspectCluster } from './inspect-cluster.ts'
import { listTools } from './kafka-tools.ts'
import { runTool } from './run-tool.ts'
import { readClusterSettings } from './settings.ts'
import { startCluster } from './start-cluster.ts'
import { renderAddresses, renderStatus } from './status-table.ts'
import { stopCluster } from './stop-cluster.ts'
import { createTerminalReport } from './terminal-report.ts'
import { seconds } from './wait.ts'

const EXIT_NOT_ALL_UP = 3

const report = createTerminalReport(process.stderr)
const print = (text: string) => void process.stdout.write(`${text}\n`)

async function up(): Promise<void> {
  const settings = readClusterSettings(process.env)
  const startedAtMs = Date.now()
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupt.abort(new ClusterError(`interrupted by ${name}`)))
  }
  const { started } = await startCluster(settings, report, { signal: interrupt.signal })
  report.close()
  const done = `started ${started.join(', ')} in ${seconds(Date.now() - startedAtMs)}`
  print(started.length > 0 ? done : 'already running')
  print(renderAddresses(settings))
}

async function down({ wipe = false }: { wipe?: boolean }): Promise<void> {
  const settings = readClusterSettings(process.env)
  const { stopped } = await stopCluster(settings, { wipe, report })
  report.close()
  print(stopped.length > 0 ? 'the cluster is down' : 'nothing was running')
}

async function status(): Promise<void> {
  const parts = await inspectCluster(readClusterSettings(process.env))
  print(renderStatus(parts))
  if (parts.some(({ state }) => state !== 'up')) process.exitCode = EXIT_NOT_ALL_UP
}

async function kafka(tool: string, args: string[]): Promise<void> {
  process.exitCode = await runTool(readClusterSettings(process.env), tool, args)
}

const program = new Command('cluster')
  .description('The whole cluster without Docker: three brokers, schema registry, Redis')
  .enablePositionalOptions()
program.command('up').description('start what does not run').action(up)
program
  .command('down')
  .description('stop everything; the data stays')
  .option('--wipe', 'drop the data and the logs too')
  .action(down)
program
  .command('status')
  .description('show every part; exit code 3 unless all are up')
  .action(status)
program
  .command('kafka <tool> [args...]')
  .description(`run one of Kafka's own tools: ${listTools().join(', ')}`)
  .helpOption(false)
  .allowUnknownOption()
  .passThroughOptions()
  .action(kafka)

try {
  loadEnvFile()
  await program.parseAsync()
} catch (error) {
  report.close()
  // A stack says nothing to somebody who has to free a port; a bug is another matter.
  const text = error instanceof ClusterError ? error.message : String(Object(error).stack ?? error)
  process.stderr.write(`cluster: ${text}\n`)
  process.exitCode = 1
}
