import { randomBytes } from 'node:crypto'
import type { ClusterSettings } from '@orders/cluster/settings'
import { CouldNotJudge } from './could-not-judge.ts'
import { eachLimited, readTool } from './kafka-tool.ts'
import type { Ranges } from './topic-offsets.ts'
import { parseRecord, separatorsOf, type RawRecord, type Separators } from './record-line.ts'

/** A partition, and from where to read it. */
export interface PartitionStart {
  settings: ClusterSettings
  topic: string
  partition: number
  from: 'earliest' | 'latest'
  signal?: AbortSignal
  silenceLimitMs?: number | null
}

/** So many Java machines read at once. */
const READERS_MAX = 3
const TOKEN_BYTES = 12
const BYTES = 'org.apache.kafka.common.serialization.BytesDeserializer'

/**
 * Reads a topic up to the given ends. Each partition is read for itself: such a reader belongs to
 * no group, and so leaves none behind. Records of one partition come in their order.
 */
export function dumpTopic(
  settings: ClusterSettings,
  topic: string,
  ranges: Ranges,
  onRecord: (record: RawRecord) => Promise<void> | void,
): Promise<void> {
  const wanted = [...ranges].filter(([, { low, end }]) => low < end)
  return eachLimited(wanted, READERS_MAX, async ([partition, { end }]) => {
    const start: PartitionStart = { settings, topic, partition, from: 'earliest' }
    for await (const records of readPartition(start)) {
      for (const record of records) {
        if (record.offset < end) await onRecord(record)
        if (record.offset >= end - 1) return
      }
    }
    throw new CouldNotJudge(`topic ${topic}, partition ${partition}: ended before offset ${end}`)
  })
}

/** Reads one partition, without an end. */
export async function* readPartition(start: PartitionStart): AsyncGenerator<RawRecord[]> {
  const { settings, topic, partition, from } = start
  // Names of headers are printed as they are: only what nobody can know separates safely.
  const separators = separatorsOf(randomBytes(TOKEN_BYTES).toString('hex'))
  const place = ['--topic', topic, '--partition', `${partition}`, '--offset', from]
  const lines = readTool({
    settings,
    name: 'console-consumer',
    args: [...place, ...formatArgs(separators)],
    delimiter: separators.line,
    ...(start.signal ? { signal: start.signal } : {}),
    ...(start.silenceLimitMs === undefined ? {} : { silenceLimitMs: start.silenceLimitMs }),
  })
  for await (const block of lines) yield block.map((line) => parseRecord(line, separators))
}

/** Bytes are printed as text in which everything unprintable, and the backslash, is `\xNN`. */
function formatArgs(separators: Separators): string[] {
  const printed = ['timestamp', 'partition', 'offset', 'headers', 'key', 'value']
  const properties = [
    ...printed.map((what) => `print.${what}=true`),
    ...['key', 'value', 'headers'].map((what) => `${what}.deserializer=${BYTES}`),
    `line.separator=${separators.line}`,
    `key.separator=${separators.field}`,
    `headers.separator=${separators.header}`,
    `null.literal=${separators.nothing}`,
  ]
  return properties.flatMap((property) => ['--formatter-property', property])
}
