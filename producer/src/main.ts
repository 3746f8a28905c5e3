import { HealthFile } from '@orders/platform/health'
import { openLedger, type Ledger } from '@orders/platform/ledger'
import { createLogger, type Logger } from '@orders/platform/logger'
import { pause } from '@orders/platform/patience'
import { runMain, runService } from '@orders/platform/service'
import { loadEnvFile } from '@orders/platform/settings'
import { isComplete, progressText, summaryLines } from './account.ts'
import { Bookkeeping } from './bookkeeping.ts'
import { readCommandLine } from './command-line.ts'
import { readConfig } from './config.ts'
import { produce } from './produce.ts'
import { ProgressLine } from './progress-line.ts'

const STAY_MS = 60 * 60_000

await runMain(async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const plan = readCommandLine(process.argv.slice(2), config)
  if (plan === null) return
  let progress: ProgressLine | null = null
  const log = createLogger({
    name: 'producer',
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    write: (text) => (progress ? progress.write(text) : process.stdout.write(text)),
  })
  await runService({ log, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS }, async (service) => {
    const ledger = await openLedger(config.LEDGER_FILE, { sync: config.LEDGER_SYNC })
    service.defer('ledger', () => ledger.close())
    tellCondition(ledger, log)
    const health = new HealthFile(config.HEALTH_FILE)
    service.defer('health', () => health.remove())
    const books = new Bookkeeping(ledger, log)
    const start = Date.now()
    const elapsed = (): number => Date.now() - start
    if (process.stdout.isTTY && config.LOG_FORMAT === 'pretty') {
      progress = new ProgressLine(process.stdout, () => progressText(books.account, elapsed()))
    }
    try {
      const { signal } = service
      const onReady = (): void => service.defer('health refresh', health.keepFresh())
      await produce({ config, plan, ledger, books, log, signal, onReady })
    } finally {
      progress?.end()
      progress = null
      for (const line of summaryLines(books.account, elapsed())) log.info(line)
      if (!isComplete(books.account)) process.exitCode = 1
    }
    if (config.WHEN_DONE === 'stay' && isComplete(books.account)) await stay(service.signal, log)
    service.end()
  })
})

/** A container that ends would be started again, and place its orders again, by every `up`. */
async function stay(signal: AbortSignal, log: Logger): Promise<void> {
  if (!signal.aborted) log.info('all done; staying until it is stopped (WHEN_DONE=stay)')
  while (!signal.aborted) await pause(STAY_MS, signal)
}

/** What a crash has left in the ledger is nothing to fear, but is not kept quiet either. */
function tellCondition({ report }: Ledger, log: Logger): void {
  if (report.tornLines > 0) log.warn('the last line of the ledger was cut off by a crash: removed')
  for (const { line, problem } of report.unreadable) log.warn(`ledger line ${line} ${problem}`)
}
