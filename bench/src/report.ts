import { notesOf, tableOf, type TextTable } from './columns.ts'
import { profileTablesOf } from './profile-table.ts'
import type { BenchResult, RowResult, SeriesResult, TaskResult } from './result.ts'
import { startTable, type StartResult } from './start-times.ts'
import { seriesNotes, seriesTable } from './series-table.ts'

/** All that a run of the bench has found, as Markdown. */
export function renderReport(result: BenchResult): string {
  const { command, startedAt, machine, reps, partitions, members, recordBytes, jsonBytes } = result
  const lines = [
    '# Speed',
    '',
    `\`${command}\`, ${timeOf(startedAt)}.`,
    '',
    machineLine(machine),
    `Three brokers, ${partitions} partitions where nothing else is said, three replicas, two in sync at least. Key and value of an`,
    `order: ${recordBytes} bytes; as JSON: ${jsonBytes} bytes. ${reps === 1 ? 'One run' : `${reps} runs`} of each row, in turns.`,
    ...(members > 1 ? [`Our consumers have ${members} members a group.`] : []),
    'CPU seconds are for 100 000 orders. How to read it: bench/README.md.',
    ...result.tasks.flatMap(renderTask),
    ...result.series.flatMap(renderSeries),
  ]
  return `${lines.join('\n')}\n`
}

/** Where the time of a start goes, as Markdown. */
export function renderStartReport(start: StartResult): string {
  const { command, startedAt, machine, cold, warm } = start
  const lines = [
    '# Start',
    '',
    `\`${command}\`, ${timeOf(startedAt)}; ${machineLine(machine)}`,
    `Cold: ${cold.length} runs, nothing running, no data. Warm: ${warm.length} runs, the cluster up.`,
    'How to read it: bench/README.md.',
    '',
    ...drawTable(startTable(start)),
  ]
  return `${lines.join('\n')}\n`
}

function timeOf(startedAt: string): string {
  return `${startedAt.slice(0, 16).replace('T', ' ')} UTC`
}

function machineLine({ versions, cores, processor, memoryMb }: BenchResult['machine']): string {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${cores} cores (${processor}), ${memoryMb} MB; ${all.join(', ')}.`
}

function renderTask(task: TaskResult): string[] {
  const title = `${task.title}. ${task.orders} orders a run.`
  const table = renderTable(task.task, title, tableOf(task), notesOf(task))
  return [...table, ...renderProfiles(task.rows)]
}

function renderSeries(series: SeriesResult): string[] {
  const name = `${series.task}: ${series.series} grow`
  const table = renderTable(name, `${series.title}.`, seriesTable(series), seriesNotes(series))
  const profiles = series.steps.flatMap(({ value, rows }) => {
    const texts = renderProfiles(rows)
    return texts.length === 0 ? [] : ['', `### ${series.series} ${value}`, ...texts]
  })
  return [...table, ...profiles]
}

function renderProfiles(rows: readonly RowResult[]): string[] {
  return profileTablesOf(rows).flatMap(({ title, areas, functions }) => {
    return ['', `${title}.`, '', ...drawTable(areas), '', ...drawTable(functions)]
  })
}

function renderTable(name: string, title: string, table: TextTable, texts: string[]): string[] {
  const notes = texts.length === 0 ? [] : ['', ...texts.map((text) => `- ${text}`)]
  return ['', `## ${name}`, '', title, '', ...drawTable(table), ...notes]
}

function drawTable({ head, rows }: TextTable): string[] {
  const rule = head.map((name, column) => (column === 0 || name === 'file' ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.map(inCell).join(' | ')} |`)
}

function inCell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|')
}
