import type { Row } from './row.ts'

/** A row of a way that kept everything, with what a test wants to be different. */
export function sampleRow(changes: Partial<Row> = {}): Row {
  return {
    kind: 'consumers',
    way: 'consumer-auto',
    isSafe: true,
    fault: 'kill -9',
    acknowledged: 400,
    lost: 0,
    deliveredAgain: 2,
    secondEffects: 0,
    recoverMs: 10_250,
    teaches: 'something',
    ...changes,
  }
}
