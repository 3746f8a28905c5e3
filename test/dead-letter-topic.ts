import { askKafka, type Bench } from './bench.ts'
import { readTopic, type LogRecord } from './read-topic.ts'

/** How many messages are on a topic; 0 while it is not there. */
export async function countRecords(bench: Bench, topic: string): Promise<bigint> {
  return askKafka(bench, async (admin) => {
    if ((await admin.countPartitions(topic)) === null) return 0n
    const ranges = await admin.fetchRanges(topic)
    return ranges.reduce((sum, { low, high }) => sum + high - low, 0n)
  })
}

/** The dead letters of a bench by where each message was, each place with all its letters. */
export async function readDeadLetters(bench: Bench): Promise<Map<string, LogRecord[]>> {
  const letters = new Map<string, LogRecord[]>()
  for (const letter of await readTopic(bench, bench.dlqTopic)) {
    const place = `${text(letter, 'dlq.partition')}/${text(letter, 'dlq.offset')}`
    letters.set(place, [...(letters.get(place) ?? []), letter])
  }
  return letters
}

/** The text of a header. */
export function text({ headers }: LogRecord, name: string): string {
  return String(headers[name])
}
