import { closeSync, openSync, writeSync } from 'node:fs'
import { UserError, describeError } from './user-error.ts'

/**
 * What a consumer did, for whoever wants to check it from outside: the referee reads it. Offsets
 * are numbers here, as JSON has nothing larger.
 */
export type TraceEntry =
  | { event: 'started'; service: string; pid: number; workers: 'one' | 'partition' }
  | { event: 'joined'; partitions: number[] }
  | { event: 'dropped' }
  | { event: 'taken'; partition: number; offsets: number[] }
  | { event: 'dead-lettered'; partition: number; offset: number }
  | { event: 'stored'; partition: number; offsets: number[] }
  | { event: 'committed'; offsets: Record<string, number>; isLate: boolean }
  | { event: 'rewound'; partition: number; offset: number }

/** Where a process writes down what it does. */
export interface Trace {
  /** Whether anybody will read it; an entry that is costly to make is not made otherwise. */
  readonly isOpen: boolean
  record(entry: TraceEntry): void
  close(): void
}

/**
 * Opens a trace, one line of JSON an event. Lines are written at once and not through a buffer, so
 * that a process that is killed has told everything up to that moment. Without a file, nothing is
 * recorded.
 */
export function openTrace(file: string | undefined): Trace {
  if (file === undefined) return { isOpen: false, record: () => undefined, close: () => undefined }
  const handle = openFile(file)
  // A client that did not close in time may have something to tell afterwards.
  let isOpen = true
  return {
    isOpen: true,
    record: (entry) => {
      if (isOpen) writeSync(handle, `${JSON.stringify({ at: Date.now(), ...entry })}\n`)
    },
    close: () => {
      isOpen = false
      closeSync(handle)
    },
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'a')
  } catch (error) {
    throw new UserError(`TRACE_FILE="${file}" cannot be written: ${describeError(error)}`)
  }
}
