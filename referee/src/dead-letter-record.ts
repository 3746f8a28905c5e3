import type { DeadLetter, Place } from './evidence.ts'
import { digestOrNull } from './order-digest.ts'
import type { RawRecord } from './record-line.ts'

/** What every dead letter has to say about the message it was. */
const HEADERS = [
  'dlq.reason',
  'dlq.detail',
  'dlq.topic',
  'dlq.partition',
  'dlq.offset',
  'dlq.group',
  'dlq.time',
  'dlq.timestamp',
]

/** Reads a record of the dead-letter topic. */
export function readDeadLetter(record: RawRecord): DeadLetter {
  // A message may bring headers of the same names; what was added last is ours.
  const headers = new Map(record.headers.map(({ name, value }) => [name, value?.toString('utf8')]))
  return {
    partition: record.partition,
    offset: record.offset,
    source: sourceOf(headers),
    keyDigest: digestOrNull(record.key),
    valueDigest: digestOrNull(record.value),
    missingHeaders: HEADERS.filter((name) => headers.get(name) === undefined),
    reason: headers.get('dlq.reason') ?? null,
  }
}

function sourceOf(headers: Map<string, string | undefined>): (Place & { topic: string }) | null {
  const topic = headers.get('dlq.topic')
  const partition = wholeOf(headers.get('dlq.partition'))
  const offset = wholeOf(headers.get('dlq.offset'))
  if (topic === undefined || partition === null || offset === null) return null
  return { topic, partition, offset }
}

function wholeOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}
