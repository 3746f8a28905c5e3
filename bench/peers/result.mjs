import { readFileSync } from 'node:fs'

const MICROSECONDS = 1_000_000
const KB_PER_MB = 1_024

/** The time in ms since 1970, finer than `Date.now()`. */
export function now() {
  return performance.timeOrigin + performance.now()
}

/** Prints the one line that the bench reads, and stays until the bench has looked. */
export function report({ orders, startedAtMs, endedAtMs, versions }) {
  const { user, system } = process.cpuUsage()
  const line = {
    orders,
    seconds: (endedAtMs - startedAtMs) / 1_000,
    startedAtMs,
    endedAtMs,
    cpuUserSeconds: user / MICROSECONDS,
    cpuSystemSeconds: system / MICROSECONDS,
    maxRssMb: peakMemoryMb(),
    versions,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Ends this process when whoever started it is gone, or has seen enough. */
export function endWithParent() {
  process.stdin.resume().once('end', () => process.exit())
}

/** Runs a program; whatever goes wrong is its last line and exit code 1. */
export async function runPeer(main) {
  endWithParent()
  try {
    report(await main())
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  }
}

// Not `maxRSS` of `resourceUsage`: on Linux that remembers the parent from before the exec.
function peakMemoryMb() {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)[1]) / KB_PER_MB
  } catch {
    return process.resourceUsage().maxRSS / KB_PER_MB
  }
}

/** The version of a package of this folder. */
export function versionOf(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return { [name]: JSON.parse(readFileSync(file, 'utf8')).version }
}
