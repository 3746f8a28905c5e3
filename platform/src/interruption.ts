/**
 * The signal by which a program that has started others learns that it should stop them and end:
 * SIGINT, SIGTERM, or that nobody reads what it writes any more, as after `| head`. Its next line
 * would otherwise end it at once, and leave everything behind. A second SIGINT or SIGTERM ends the
 * process with that exit code; with null it changes nothing.
 */
export function listenForInterruption(secondExitCode: number | null): AbortSignal {
  const interruption = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (interruption.signal.aborted && secondExitCode !== null) process.exit(secondExitCode)
    interruption.abort(new Error(`stopped by ${name}`))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => interruption.abort(new Error('nobody reads the output any more')))
  }
  return interruption.signal
}
