/** What is made larger, step by step, while everything else stays. */
export type SeriesName = 'partitions' | 'members' | 'bytes' | 'count'

/** The series there are, in the order in which they are done. */
export const SERIES: readonly SeriesName[] = ['partitions', 'members', 'bytes', 'count']
