import chalk from 'chalk'
import Table from 'cli-table3'
import { pendingBatch, type Facts, type PartitionFacts } from './facts.ts'

/** Draws what a run has left behind, partition by partition, with the sums below. */
export function renderFacts(facts: Facts): string {
  const table = new Table({
    head: [
      'partition',
      'on the\nlog',
      'auto\nstored',
      'auto\ncommitted',
      'batch\nstored',
      'batch\ncommitted',
      'batch not yet\ncommitted',
      'dead\nletters',
    ],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: Array.from({ length: 8 }, () => 'right' as const),
    style: { head: [], border: [] },
  })
  for (const part of facts.partitions) table.push(row(part))
  table.push(totals(facts.partitions))
  return `${table.toString()}\n${renderCounts(facts)}`
}

function row(part: PartitionFacts): string[] {
  return [
    String(part.partition),
    String(part.high - part.low),
    String(part.auto.stored),
    String(part.auto.committed),
    String(part.batch.stored),
    String(part.batch.committed),
    String(pendingBatch(part)),
    String(part.deadLetters),
  ]
}

function totals(parts: PartitionFacts[]): string[] {
  const sum = (of: (part: PartitionFacts) => bigint | number) =>
    String(parts.reduce((total, part) => total + BigInt(of(part)), 0n))
  return [
    'all',
    sum(({ high, low }) => high - low),
    sum(({ auto }) => auto.stored),
    sum(({ auto }) => auto.committed),
    sum(({ batch }) => batch.stored),
    sum(({ batch }) => batch.committed),
    sum(pendingBatch),
    sum(({ deadLetters }) => deadLetters),
  ].map((text) => chalk.bold(text))
}

function renderCounts(facts: Facts): string {
  const { acknowledged, acknowledgedNow, outstanding, storedAuto, storedBatch } = facts
  return [
    `acknowledged by Kafka     ${acknowledgedNow} in this run, ${acknowledged} in all`,
    `not acknowledged          ${outstanding}`,
    `in Redis, consumer-auto   ${storedAuto}`,
    `in Redis, consumer-batch  ${storedBatch}`,
  ].join('\n')
}
