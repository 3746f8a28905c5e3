import Table from 'cli-table3'
import type { Row } from './row.ts'

const MS_PER_SECOND = 1_000
const COLUMN_WIDTHS = [26, 28, 9, 7, 11, 9, 9, 42]

/** What the times are made of, since they say little about a way. */
export const TIMES_NOTE =
  'recover: a dead consumer keeps its partitions for up to 10 s, a dead broker for up to 9 s'

/** Draws all rows in one table. */
export function renderTable(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      'way',
      'fault',
      'acknow-\nledged',
      'lost',
      'delivered\nagain',
      'second\neffects',
      'recover\n(s)',
      'what it teaches',
    ],
    colWidths: COLUMN_WIDTHS,
    wordWrap: true,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  })
  for (const row of rows) table.push(cells(row))
  return table.toString()
}

function cells(row: Row): string[] {
  return [
    row.isSafe ? row.way : `${row.way} (unsafe)`,
    row.fault,
    String(row.acknowledged),
    String(row.lost),
    String(row.deliveredAgain),
    row.secondEffects === null ? '–' : String(row.secondEffects),
    (row.recoverMs / MS_PER_SECOND).toFixed(1),
    row.teaches,
  ]
}
