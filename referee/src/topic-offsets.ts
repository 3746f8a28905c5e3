import type { ClusterSettings } from '@orders/cluster/settings'
import { CouldNotJudge } from './could-not-judge.ts'
import { readToolText } from './kafka-tool.ts'

/** Per partition: the first offset that is still there, and the one after the last. */
export type Ranges = Map<number, { low: number; end: number }>

/** Offsets by topic and partition; a topic that does not exist is not in it. */
export type Offsets = Map<string, Map<number, number>>

/** Where in a partition. */
const TIMES = { low: '-2', end: '-1' }
const NO_SUCH_TOPIC = 'Could not match any topic-partitions'

/** Reads where topics begin or end now. */
export async function readOffsets(
  settings: ClusterSettings,
  topics: string[],
  which: keyof typeof TIMES,
): Promise<Offsets> {
  const pattern = topics.map((topic) => topic.replaceAll('.', '\\.')).join('|')
  const args = ['--topic', pattern, '--time', TIMES[which]]
  try {
    return parseOffsets(await readToolText({ settings, name: 'get-offsets', args }))
  } catch (error) {
    if (error instanceof CouldNotJudge && error.message.includes(NO_SUCH_TOPIC)) return new Map()
    throw error
  }
}

/** Puts together where a topic begins and ends; null when there is no such topic. */
export function rangesOf(topic: string, lows: Offsets, ends: Offsets): Ranges | null {
  const endOf = ends.get(topic)
  if (!endOf) return null
  const lowOf = lows.get(topic) ?? new Map<number, number>()
  const ranges: Ranges = new Map()
  for (const partition of [...endOf.keys()].toSorted((a, b) => a - b)) {
    const end = endOf.get(partition) ?? 0
    // A topic that was made in between begins at its beginning.
    ranges.set(partition, { low: lowOf.get(partition) ?? 0, end })
  }
  // The tool leaves out a partition that has no leader.
  const isWhole = [...ranges.keys(), ...lowOf.keys()].every(
    (partition) => partition < ranges.size && ranges.has(partition),
  )
  if (isWhole) return ranges
  throw new CouldNotJudge(`topic ${topic}: not every partition has told where it ends`)
}

/** Reads lines such as `orders:0:22`. */
export function parseOffsets(lines: string[]): Offsets {
  const offsets: Offsets = new Map()
  for (const line of lines) {
    const [, topic = '', partition, offset] = /^([\w.-]+):(\d+):(\d+)$/.exec(line.trim()) ?? []
    if (offset === undefined) {
      // Without a leader there is no offset: `orders:1:`, or a word about skipping it.
      throw new CouldNotJudge(`Kafka's tool get-offsets said: ${line}`)
    }
    const known = offsets.get(topic) ?? new Map<number, number>()
    offsets.set(topic, known.set(Number(partition), Number(offset)))
  }
  return offsets
}
