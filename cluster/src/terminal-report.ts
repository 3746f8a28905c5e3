import chalk from 'chalk'
import ora from 'ora'
import type { Report } from './report.ts'

/** A report for people; `close` takes the spinner away. */
export interface TerminalReport extends Report {
  close(): void
}

/** How often a log without a terminal hears that something still goes on. */
const PLAIN_PROGRESS_EVERY_MS = 3_000

/** Builds a report of spinners on a terminal, of plain lines elsewhere. */
export function createTerminalReport(stream: NodeJS.WriteStream): TerminalReport {
  return stream.isTTY ? createSpinnerReport(stream) : createPlainReport(stream)
}

function createSpinnerReport(stream: NodeJS.WriteStream): TerminalReport {
  const spinner = ora({ stream })
  const persist = (symbol: string, line: string) => {
    spinner.stop()
    stream.write(`${symbol} ${line}\n`)
  }
  return {
    progress: (line) => void spinner.start(line),
    info: (line) => persist(chalk.green('✔'), line),
    warn: (line) => persist(chalk.yellow('⚠'), line),
    close: () => void spinner.stop(),
  }
}

function createPlainReport(stream: NodeJS.WriteStream): TerminalReport {
  let toldAtMs = 0
  return {
    progress: (line) => {
      if (Date.now() - toldAtMs < PLAIN_PROGRESS_EVERY_MS) return
      toldAtMs = Date.now()
      stream.write(`${line}\n`)
    },
    info: (line) => void stream.write(`${line}\n`),
    warn: (line) => void stream.write(`warning: ${line}\n`),
    close: () => {},
  }
}
