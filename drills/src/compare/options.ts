import { randomInt } from 'node:crypto'
import { parseFlags } from '@orders/platform/parse-flags'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Kind } from './row.ts'

/** What a comparison is asked to do. */
export interface Options {
  seed: number
  kinds: Kind[]
  /** Where to write the rows as JSON. */
  jsonFile: string | null
}

const SEED_LIMIT = 2 ** 32
const KINDS: Kind[] = ['consumers', 'producers']

/** Reads the command line; null when it was only asked for help. */
export function readOptions(args: string[]): Options | null {
  const command = new Command('npm run compare --')
    .description('Safe and unsafe ways side by side, under the same seed and the same fault.')
    .option('--seed <n>', 'the same seed makes the same orders and the same faults', readSeed)
    .addOption(new Option('--only <kind>', 'one half of the table').choices(KINDS))
    .option('--json <file>', 'writes the rows to a file as well')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  if (!parseFlags(command, args)) return null
  const { seed, only, json } = command.opts<{ seed?: number; only?: Kind; json?: string }>()
  return {
    seed: seed ?? randomInt(SEED_LIMIT),
    kinds: only ? [only] : KINDS,
    jsonFile: json ?? null,
  }
}

function readSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : SEED_LIMIT
  if (seed < SEED_LIMIT) return seed
  throw new InvalidArgumentError(`give a whole number from 0 to ${SEED_LIMIT - 1}`)
}
