import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { makeOrders } from './orders.ts'

/** Writes orders made from the seed, one a line, for every producer of the comparison. */
export function writeOrderFile({ folder, seed }: Lab, name: string, count: number): string {
  const file = join(folder, `${name}.orders.jsonl`)
  const lines = makeOrders(seed, count, Date.now()).map((order) => JSON.stringify(order))
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
