/** How far Maven has come with its downloads. */
export interface FetchProgress {
  files: number
  megabytes: number
  /** The file that is coming, or came last. */
  current: string
}

/** Nothing fetched yet. */
export const NO_PROGRESS: FetchProgress = { files: 0, megabytes: 0, current: '' }

const MEGABYTES: Record<string, number> = { B: 1e-6, KB: 1e-3, MB: 1, GB: 1e3 }

/** Counts one line of Maven's batch output in; lines about anything else change nothing. */
export function countMavenLine(progress: FetchProgress, line: string): FetchProgress {
  const started = /Downloading from \S+ (\S+)/.exec(line)
  if (started) return { ...progress, current: fileName(started[1]) }
  const done = /Downloaded from \S+ (\S+) \(([\d.]+) ([kKMG]?B)/.exec(line)
  if (!done) return progress
  const megabytes = Number(done[2]) * (MEGABYTES[(done[3] ?? '').toUpperCase()] ?? 0)
  return {
    files: progress.files + 1,
    megabytes: progress.megabytes + megabytes,
    current: fileName(done[1]),
  }
}

/** Says in one line which artifact Maven could not fetch and why, from its whole output. */
export function explainMavenFailure(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /^\[ERROR\] \S/.test(line))
  const told =
    errors.find((line) => /artifact/i.test(line)) ??
    errors[0] ??
    lines.findLast((line) => line !== '' && !line.startsWith('[INFO]')) ??
    'it wrote nothing'
  const plain = told.replace(/^\[(ERROR|FATAL)\] /, '').replace(/ -> \[Help \d+\]$/, '')
  const cause =
    /(?:Could not (?:find|transfer) artifact|Cannot access) .*/.exec(plain)?.[0] ?? plain
  return cause.replace(/\.$/, '')
}

function fileName(url = ''): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
