import { readFileSync } from 'node:fs'
import type { Place, TraceEvent } from '@orders/referee/evidence'
import type { Service } from '../service.ts'

/** Everything that one life of a service wrote down; a torn last line is left out. */
export function readTrace(file: string): TraceEvent[] {
  const lines = readIfThere(file).split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as TraceEvent)
}

/** Everything that a life of a service wrote down, counted from 1. */
export function readLife(service: Service, life: number): TraceEvent[] {
  const file = service.traceFiles[life - 1]
  return file === undefined ? [] : readTrace(file)
}

/** Everything that the present life of a service has written down by now. */
export function readPresentLife(service: Service): TraceEvent[] {
  return readLife(service, service.lives)
}

/** What was taken in and not confirmed as committed at the end of a trace, oldest first. */
export function uncommitted(events: readonly TraceEvent[]): { stored: Place[]; taken: Place[] } {
  let stored: Place[] = []
  let taken: Place[] = []
  for (const event of events) {
    if (event.event === 'dropped' || event.event === 'rewound') {
      stored = []
      taken = []
    } else if (event.event === 'taken') taken.push(...placesOf(event))
    else if (event.event === 'stored') stored.push(...placesOf(event))
    else if (event.event === 'committed') {
      const { offsets } = event
      const isOpen = (place: Place): boolean => place.offset >= (offsets[place.partition] ?? 0)
      stored = stored.filter(isOpen)
      taken = taken.filter(isOpen)
    }
  }
  return { stored, taken }
}

/** How often each of these places was stored, over all lives of all of these services. */
export function countStored(services: readonly Service[], places: readonly Place[]): number[] {
  const counts = new Map<string, number>(places.map((place) => [nameOf(place), 0]))
  for (const file of services.flatMap(({ traceFiles }) => traceFiles)) {
    for (const event of readTrace(file)) {
      if (event.event !== 'stored') continue
      for (const place of placesOf(event)) {
        const before = counts.get(nameOf(place))
        if (before !== undefined) counts.set(nameOf(place), before + 1)
      }
    }
  }
  return places.map((place) => counts.get(nameOf(place)) ?? 0)
}

/** The partitions that the group has confirmed last in this life; null when it has dropped them. */
export function ownedBy(service: Service): number[] | null {
  const last = readPresentLife(service).findLast(({ event }) => {
    return event === 'joined' || event === 'dropped'
  })
  return last?.event === 'joined' ? last.partitions : null
}

/** When this life was confirmed as a member, each time. */
export function joinsOf(service: Service): { at: number; partitions: number[] }[] {
  return readPresentLife(service).flatMap((event) => (event.event === 'joined' ? [event] : []))
}

function placesOf({ partition, offsets }: { partition: number; offsets: number[] }): Place[] {
  return offsets.map((offset) => ({ partition, offset }))
}

function nameOf({ partition, offset }: Place): string {
  return `${partition}/${offset}`
}

/** A life that has just begun has none yet. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
