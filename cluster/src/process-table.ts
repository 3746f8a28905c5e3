import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Says how a process was started, or null when there is none: neither one that is gone nor one
 * that is only waiting to be collected by its parent.
 */
export function readCommandLine(pid: number): string | null {
  if (process.platform === 'linux') return readLinuxCommandLine(pid)
  const line = askPs(pid, 'command')
  return line === '' || line.includes('<defunct>') ? null : line
}

/** Says how much memory a process holds, in megabytes, or null when that is not known. */
export function readMemoryMb(pid: number): number | null {
  const kilobytes =
    process.platform === 'linux' ? readLinuxMemory(pid) : Number(askPs(pid, 'rss') || NaN)
  return Number.isNaN(kilobytes) ? null : Math.round(kilobytes / 1024)
}

// Small Linux images have no `ps`; /proc is always there, and needs no second process.
function readLinuxCommandLine(pid: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return line === '' ? null : line
  } catch {
    return null
  }
}

function readLinuxMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN)
  } catch {
    return NaN
  }
}

function askPs(pid: number, column: 'command' | 'rss'): string {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    return execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', `${pid}`], {
      encoding: 'utf8',
      stdio: [...stdio],
    }).trim()
  } catch {
    return ''
  }
}
