import type { TextTable } from './columns.ts'
import type { Share } from './cpu-profile.ts'
import type { RowResult } from './result.ts'
import type { ServiceProfile } from './service-profile.ts'

/** Where the CPU time of one process went, as two tables under a title. */
export interface ProfileTables {
  title: string
  areas: TextTable
  functions: TextTable
}

const PERCENT = 100
/** Below this a line says nothing. */
const SHOWN_MIN = 0.005
const MS_PER_SECOND = 1_000

/** The tables of every profile that rows have. */
export function profileTablesOf(rows: readonly RowResult[]): ProfileTables[] {
  return rows.flatMap(({ name, profiles }) =>
    profiles.map((profile) => ({
      title: titleOf(name, profile),
      areas: {
        head: ['area', 'share'],
        rows: shown(profile.areas).map((area) => [area.name, percent(area)]),
      },
      functions: {
        head: ['function', 'share', 'file'],
        rows: shown(profile.functions).map((each) => [each.name, percent(each), each.file]),
      },
    })),
  )
}

function titleOf(row: string, { who, busyMs, isMeasuredStretch }: ServiceProfile): string {
  const stretch = isMeasuredStretch ? 'the measured stretch' : 'its whole life'
  const busy = (busyMs / MS_PER_SECOND).toFixed(2)
  return `where the CPU time of ${who} goes (row ${row}): ${busy} s of its main thread in ${stretch}`
}

function shown<T extends Share>(shares: readonly T[]): T[] {
  return shares.filter(({ share }) => share >= SHOWN_MIN)
}

function percent({ share }: Share): string {
  return `${(share * PERCENT).toFixed(1)} %`
}
