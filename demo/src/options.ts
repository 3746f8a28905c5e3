import { Command } from 'commander'

/** What the demo is asked to do. */
export interface DemoOptions {
  /** Run to the end, print the table, and let the exit code be the verdict. */
  exit: boolean
  /** What the producer is told. */
  producerArgs: string[]
}

const FORWARDED = ['count', 'interval', 'rate', 'seed', 'file'] as const

/** Reads the command line of the demo; the producer checks its own flags. */
export function readOptions(argv: string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description('The cluster, the producer and both consumers, until Ctrl-C.')
    .option('--count <n>', 'so many orders (ORDER_COUNT)')
    .option('--interval <ms>', 'time between two orders; 0 = as fast as it goes')
    .option('--rate <n>', 'orders a second, instead of --interval')
    .option('--seed <n>', 'the same seed makes the same orders')
    .option('--file <path>', 'orders from a file instead of made-up ones')
    .option('--exit', 'end when everything has been read; exit code 0 only if nothing is missing')
    .allowExcessArguments(false)
    .parse(argv, { from: 'user' })
  const flags = command.opts<Record<string, string | undefined> & { exit?: boolean }>()
  const producerArgs = FORWARDED.flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [`--${name}`, value]
  })
  return { exit: flags.exit === true, producerArgs }
}
