import type { CheckId } from '@orders/referee/verdict'
import { batchTrials } from './broken-batches.ts'
import { consumerTrials } from './broken-consumers.ts'
import type { Patch } from './broken-copy.ts'
import type { Course } from './broken-courses.ts'
import { producerTrials } from './broken-producers.ts'

/** Services with a mistake that somebody could make, and the checks that have to see it. */
export interface BrokenBuild {
  name: string
  flaggedBy: CheckId[]
  mistake: Patch[]
}

/** Something to live through; without a mistake nothing may be flagged. */
export interface Trial {
  name: string
  course: Course
  /** What goes wrong around the services: part of the control as well. */
  weather: Patch[]
  builds: BrokenBuild[]
}

/** All mistakes, by what has to be lived through to show them. */
export const trials: Trial[] = [...consumerTrials, ...batchTrials, ...producerTrials]
