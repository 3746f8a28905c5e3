import type { ConsumerEvidence, Evidence, TraceEvent } from './evidence.ts'
import { judge } from './judge.ts'
import { atTheEnd } from './run.samples.ts'

/** The checks that find something. */
export function violatedBy(evidence: Evidence): string[] {
  return judge(evidence)
    .checks.filter(({ outcome }) => outcome === 'violated')
    .map(({ id }) => id)
}

/** What a check says first. */
export function firstViolation(evidence: Evidence, id: string): string {
  const check = judge(evidence).checks.find((one) => one.id === id)
  return check?.violations[0]?.what ?? 'none'
}

/** Gives what is there; a sample without it is a mistake of the test. */
export function sure<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('the sample does not have it')
  return value
}

/** The evidence of one consumer. */
export function consumerOf(evidence: Evidence, name: 'auto' | 'batch'): ConsumerEvidence {
  return sure(evidence.consumers.find((one) => one.name === name))
}

/** The samples are plain maps under their read-only types. */
export function mapOf<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  return map as Map<K, V>
}

/** The events of the first process of a consumer, and those of one kind among them. */
export function eventsOf<E extends TraceEvent['event']>(
  consumer: ConsumerEvidence,
  name: E,
): { events: TraceEvent[]; found: Extract<TraceEvent, { event: E }>[] } {
  const { events } = sure(consumer.traces?.[0])
  const found = events.filter((event) => event.event === name)
  return { events, found: found as Extract<TraceEvent, { event: E }>[] }
}

/** Says that nothing was broken during the run. */
export function sayHealthy(evidence: Evidence): void {
  evidence.circumstances = { ...atTheEnd, isHealthy: true }
}
