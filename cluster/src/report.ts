/** Where the cluster says what it is doing. */
export interface Report {
  /** Something goes on for a while; the next such line takes its place on a terminal. */
  progress(line: string): void
  /** Something is done. */
  info(line: string): void
  /** Something is not as it should be, and the work goes on. */
  warn(line: string): void
}

/** A report that keeps everything to itself. */
export const silentReport: Report = { progress: () => {}, info: () => {}, warn: () => {} }
