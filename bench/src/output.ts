import Table from 'cli-table3'
import { notesOf, tableOf, type TextTable } from './columns.ts'
import { profileTablesOf } from './profile-table.ts'
import type { RowResult, SeriesResult, TaskResult } from './result.ts'
import { missingSettings, type Row } from './rows.ts'
import { startTable, type StartResult } from './start-times.ts'
import { seriesNotes, seriesTable } from './series-table.ts'
import type { Task } from './tasks.ts'

const PROMISE_WIDTH = 76

/** The table of a task for a terminal, with what each row promises below. */
export function renderTask(task: TaskResult): string {
  const title = `${task.task}: ${task.title}; ${task.orders} orders a run`
  const table = renderTable(title, tableOf(task), notesOf(task))
  return [table, ...renderProfiles(task.rows)].join('\n\n')
}

/** The table of a series for a terminal. */
export function renderSeries(series: SeriesResult): string {
  const title = `${series.series} grow: ${series.task}: ${series.title}`
  const table = renderTable(title, seriesTable(series), seriesNotes(series))
  const profiles = series.steps.flatMap(({ value, rows }) => {
    return renderProfiles(rows).map((text) => `${series.series} ${value}: ${text}`)
  })
  return [table, ...profiles].join('\n\n')
}

function renderProfiles(rows: readonly RowResult[]): string[] {
  return profileTablesOf(rows).map(({ title, areas, functions }) => {
    return `${renderTable(title, areas, [])}\n${drawTable(functions)}`
  })
}

function renderTable(title: string, table: TextTable, notes: string[]): string {
  return [title, drawTable(table), ...notes.map((note) => `  ${note}`)].join('\n')
}

function drawTable({ head, rows }: TextTable): string {
  const table = new Table({
    head,
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: head.map((name, column) => (column === 0 || name === 'file' ? 'left' : 'right')),
    style: { head: [], border: [] },
  })
  table.push(...rows)
  return table.toString()
}

/** Where the time of a start goes, for a terminal. */
export function renderStart(start: StartResult): string {
  return drawTable(startTable(start))
}

/** The tasks, their rows, and what each row promises. */
export function renderList(tasks: readonly Task[], rows: readonly Row[]): string {
  const table = new Table({
    head: ['task', 'row', 'promises'],
    colWidths: [17, 18, PROMISE_WIDTH],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const { name: task } of tasks) {
    for (const row of rows.filter((each) => each.task === task)) {
      table.push([task, row.name, listed(row)])
    }
  }
  const titles = tasks.map(({ name, title }) => `${name}: ${title}`)
  return [...titles, table.toString()].join('\n')
}

function listed(row: Row): string {
  const missing = missingSettings(row)
  return missing.length === 0 ? row.promises : `not built yet: needs ${missing.join(', ')}`
}
