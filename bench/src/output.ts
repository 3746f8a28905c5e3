import Table from 'cli-table3'
import { notesOf, tableOf } from './columns.ts'
import type { TaskResult } from './result.ts'
import { missingSettings, type Row } from './rows.ts'
import type { Task } from './tasks.ts'

const PROMISE_WIDTH = 76

/** The table of a task for a terminal, with what each row promises below. */
export function renderTask(task: TaskResult): string {
  const { head, rows } = tableOf(task)
  const table = new Table({
    head,
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  })
  table.push(...rows)
  const title = `${task.task}: ${task.title}; ${task.orders} orders a run`
  const notes = notesOf(task).map((note) => `  ${note}`)
  return [title, table.toString(), ...notes].join('\n')
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
