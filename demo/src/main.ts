import { randomUUID } from 'node:crypto'
import { readClusterSettings } from '@orders/cluster/settings'
import { listenForInterruption } from '@orders/platform/interruption'
import { runMain } from '@orders/platform/service'
import { loadEnvFile } from '@orders/platform/settings'
import { readCommandLine } from '@orders/producer/command-line'
import { readConfig } from '@orders/producer/config'
import { runDemo } from './demo.ts'
import { readOptions } from './options.ts'

await runMain(async () => {
  loadEnvFile()
  const options = readOptions(process.argv.slice(2))
  const settings = readClusterSettings(process.env)
  // A mistake in the flags is told before the cluster starts, not after.
  readCommandLine(options.producerArgs, readConfig(process.env))
  process.exitCode = await runDemo({
    options,
    settings,
    runId: randomUUID(),
    env: process.env,
    signal: listenForInterruption(1),
  })
})
