import chalk, { type ChalkInstance } from 'chalk'

const COLOURS: Record<string, ChalkInstance> = {
  producer: chalk.cyan,
  'consumer-auto': chalk.green,
  'consumer-batch': chalk.magenta,
  cluster: chalk.blue,
  demo: chalk.bold,
}
const WIDTH = 'consumer-batch'.length

/** Writes a line under the name of whoever says it. */
export function sayAs(name: string): (line: string) => void {
  const colour = COLOURS[name] ?? chalk.white
  const prefix = colour(`${name.padEnd(WIDTH)} │`)
  return (line) => void process.stdout.write(`${prefix} ${line}\n`)
}
