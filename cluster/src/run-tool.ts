import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ClusterError } from './cluster-error.ts'
import { asksThisCluster, toolCommand } from './kafka-tools.ts'
import { isListening } from './port-check.ts'
import type { ClusterSettings } from './settings.ts'

/** Runs one of Kafka's tools on this terminal and resolves to its exit code. */
export async function runTool(
  settings: ClusterSettings,
  name: string,
  args: string[],
): Promise<number> {
  const { command, args: words, env } = toolCommand(settings, name, args)
  if (asksThisCluster(name, args)) await refuseSilence(settings)
  const child = spawn(command, words, { stdio: 'inherit', env })
  // Ctrl-C reaches the tool too: it ends in its own way, and this process after it.
  process.on('SIGINT', () => {})
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

// The tools themselves would warn for a minute before they say so.
async function refuseSilence({ kafkaPorts }: ClusterSettings): Promise<void> {
  const answers = await Promise.all(kafkaPorts.map((port) => isListening(port)))
  if (answers.includes(true)) return
  const ports = kafkaPorts.join(', ')
  throw new ClusterError(`no broker listens on ${ports}: run \`npm run cluster:up\` first`)
}
