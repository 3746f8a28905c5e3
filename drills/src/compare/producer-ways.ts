import { join } from 'node:path'
import { expandEntry, parseEntry } from '@orders/platform/ledger-format'
import { readLines, type Lab } from './lab.ts'
import { readAcknowledged } from './ledger-view.ts'
import type { Program } from './program.ts'

/** One way to produce, on a topic of its own. */
export interface ProducerWay {
  name: string
  isSafe: boolean
  replicas: 1 | 3
  teaches: string
  start(lab: Lab, topic: string, orderFile: string): Program
  /** A number that grows with every acknowledgement. */
  progress(lab: Lab, topic: string): number
  acknowledged(lab: Lab, topic: string): Promise<Set<string>>
}

const ORDER_INTERVAL_MS = '5'
/** How a line begins that acknowledges an order, or many. */
const ACKNOWLEDGED = '{"kind":"acknowledged'

/** The real producer; its topic decides how many brokers keep each order. */
export function realProducer(
  words: Pick<ProducerWay, 'name' | 'isSafe' | 'replicas' | 'teaches'>,
): ProducerWay {
  const ledgerOf = ({ folder }: Lab, topic: string): string => join(folder, `${topic}.ledger.jsonl`)
  return {
    ...words,
    start: (lab, topic, orderFile) =>
      lab.start({
        label: topic,
        path: 'producer/src/main.ts',
        args: ['--file', orderFile, '--interval', ORDER_INTERVAL_MS],
        env: { KAFKA_TOPIC: topic, LEDGER_FILE: ledgerOf(lab, topic) },
      }),
    progress: (lab, topic) =>
      readLines(ledgerOf(lab, topic)).reduce((sum, line) => sum + countAcknowledged(line), 0),
    acknowledged: (lab, topic) => readAcknowledged(ledgerOf(lab, topic)),
  }
}

function countAcknowledged(line: string): number {
  if (!line.startsWith(ACKNOWLEDGED)) return 0
  const read = parseEntry(line)
  return 'entry' in read ? expandEntry(read.entry).length : 0
}

/** A producer out of `unsafe/`. */
export function unsafeProducer(name: string, teaches: string): ProducerWay {
  const listOf = ({ folder }: Lab, topic: string): string => join(folder, `${topic}.acknowledged`)
  return {
    name,
    isSafe: false,
    replicas: 3,
    teaches,
    start: (lab, topic, orderFile) =>
      lab.start({
        label: topic,
        path: `drills/src/unsafe/${name}.ts`,
        env: {
          KAFKA_TOPIC: topic,
          ORDER_FILE: orderFile,
          ORDER_INTERVAL_MS,
          ACKNOWLEDGED_FILE: listOf(lab, topic),
        },
      }),
    progress: (lab, topic) => readLines(listOf(lab, topic)).length,
    acknowledged: (lab, topic) => Promise.resolve(new Set(readLines(listOf(lab, topic)))),
  }
}
