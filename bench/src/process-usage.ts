import { readFileSync } from 'node:fs'

/** How the kernel counts the time of a process; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100
const KB_PER_MB = 1_024
/** Where `utime` and `stime` are among the fields that follow the name of the program. */
const USER_FIELD = 11
const SYSTEM_FIELD = 12

/** CPU seconds, user and system together, out of the text of `/proc/<pid>/stat`. */
export function parseCpuSeconds(stat: string): number | null {
  // The name of the program stands in brackets and may hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : null
}

/** The most memory that a process has held, in MB, out of the text of `/proc/<pid>/status`. */
export function parsePeakMemoryMb(status: string): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / KB_PER_MB
}

/** CPU seconds of a process so far; null when it is gone, or there is no `/proc`. */
export function readCpuSeconds(pid: number): number | null {
  const stat = readProc(pid, 'stat')
  return stat === null ? null : parseCpuSeconds(stat)
}

/** The most memory that a process has held so far, in MB; null as with its time. */
export function readPeakMemoryMb(pid: number): number | null {
  const status = readProc(pid, 'status')
  return status === null ? null : parsePeakMemoryMb(status)
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}
