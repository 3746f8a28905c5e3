import { notesOf, tableOf } from './columns.ts'
import type { BenchResult, TaskResult } from './result.ts'

/** All that a run of the bench has found, as Markdown. */
export function renderReport(result: BenchResult): string {
  const { command, startedAt, machine, reps, partitions, members, recordBytes, jsonBytes } = result
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const lines = [
    '# Speed',
    '',
    `\`${command}\`, ${startedAt.slice(0, 16).replace('T', ' ')} UTC.`,
    '',
    `${machine.cores} cores (${machine.processor}), ${machine.memoryMb} MB; ${versions.join(', ')}.`,
    `Three brokers, ${partitions} partitions, three replicas, two in sync at least. Key and value of an`,
    `order: ${recordBytes} bytes; as JSON: ${jsonBytes} bytes. ${reps} runs of each row, in turns.`,
    ...(members > 1 ? [`Our consumers have ${members} members a group.`] : []),
    'CPU seconds are for 100 000 orders. How to read it: bench/README.md.',
    ...result.tasks.flatMap(renderTask),
  ]
  return `${lines.join('\n')}\n`
}

function renderTask(task: TaskResult): string[] {
  const { head, rows } = tableOf(task)
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.map(inCell).join(' | ')} |`)
  const notes = notesOf(task).map((note) => `- ${note}`)
  const title = `${task.title}. ${task.orders} orders a run.`
  return ['', `## ${task.task}`, '', title, '', ...lines, '', ...notes]
}

function inCell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|')
}
