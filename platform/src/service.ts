import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from './logger.ts'
import { Stopped } from './patience.ts'
import { UserError } from './user-error.ts'

/** What the code of a service may ask of its process. */
export interface Service {
  /** Aborted when shutdown begins: every loop and every wait listens to it. */
  readonly signal: AbortSignal
  /** Registers a release step. Steps run once, last registered first. */
  defer(name: string, release: () => Promise<void> | void): void
  /** Reports a failure that happened after the start, such as a crashed consumer. */
  fail(error: unknown): void
  /** Ends the service because its work is done. */
  end(): void
}

export interface ServiceOptions {
  log: Logger
  shutdownTimeoutMs: number
}

const LEAK_CHECK_MS = 1_000

/**
 * Runs `start`, waits for SIGTERM, SIGINT, an end or a failure, then releases everything once, in
 * reverse order. The exit code is 0 after a clean stop and 1 after any failure, a release that
 * takes too long and a log that nobody reads any more included. A second signal ends the process
 * at once.
 */
export async function runService(
  { log, shutdownTimeoutMs }: ServiceOptions,
  start: (service: Service) => Promise<void>,
): Promise<void> {
  const releases: { name: string; release: () => Promise<void> | void }[] = []
  const stopping = new AbortController()

  const fail = (error: unknown): void => {
    if (error instanceof Stopped) return
    tell(log, error)
    process.exitCode = 1
    stopping.abort()
  }
  const onSignal = (name: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(1)
    log.info(`${name} received: finishing what is in hand`)
    stopping.abort()
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  process.on('uncaughtException', fail).on('unhandledRejection', fail)
  // Whoever read the log is gone, as after `| head`. To tell that would fail in the same way, and
  // so on for ever.
  process.stdout.on('error', () => {
    process.exitCode = 1
    stopping.abort()
  })
  stopWithParent(() => stopping.abort())

  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const started = start({
    signal: stopping.signal,
    defer: (name, release) => releases.push({ name, release }),
    fail,
    end: () => stopping.abort(),
  }).catch(fail)
  await stopped

  const release = async (): Promise<void> => {
    // A start that is still waiting for something must not open it after the release.
    await started
    for (const step of releases.reverse()) {
      try {
        await step.release()
      } catch (cause) {
        fail(new Error(`could not release ${step.name}`, { cause }))
      }
    }
  }
  const late = sleep(shutdownTimeoutMs, 'late', { ref: false })
  if ((await Promise.race([release(), late])) === 'late') {
    fail(new UserError(`shutdown took longer than SHUTDOWN_TIMEOUT_MS=${shutdownTimeoutMs}`))
    process.exit()
  }
  exitIfLeaking(log)
}

/** A parent that started this with a channel and dies without a word must not leave it behind. */
function stopWithParent(stop: () => void): void {
  if (!process.channel) return
  process.once('disconnect', stop)
  process.channel.unref()
}

/** Bad input and absent parts are one line for a person; anything else is a bug and shows where. */
function tell(log: Logger, error: unknown): void {
  if (error instanceof UserError) log.error(error.message)
  else
    log.error(
      { err: error },
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    )
}

/** The process ends by itself when nothing is left open; a leak ends it here, and is told. */
function exitIfLeaking(log: Logger): void {
  setTimeout(() => {
    log.warn(`still open after shutdown: ${process.getActiveResourcesInfo().join(', ')}`)
    process.exit()
  }, LEAK_CHECK_MS).unref()
}

/**
 * Runs a program's main function; a mistake of its user becomes one line and exit code 1. When it
 * is done the program ends: kafkajs leaves a timer behind for a connection that was given up while
 * it was being made.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
  setTimeout(() => process.exit(), LEAK_CHECK_MS).unref()
}
