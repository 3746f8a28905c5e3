import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readCommandLine } from './process-table.ts'
import { pidFile } from './state-folder.ts'

type Where = { directory: string }

/** What the pid file of a part says about it. */
export type PartProcess =
  | { state: 'running'; pid: number }
  | { state: 'stopped' }
  /** The file is there, the process is not: it crashed, was killed, or the machine restarted. */
  | { state: 'dead'; pid: number; why: string }

/** Tells whether a part runs; a process that took over the number of a dead one is not the part. */
export function readPartProcess(where: Where, part: string): PartProcess {
  const pid = readPid(where, part)
  if (pid === null) return { state: 'stopped' }
  const commandLine = readCommandLine(pid)
  if (commandLine === null) return { state: 'dead', pid, why: `process ${pid} is gone` }
  if (!commandLine.includes(processMark(where, part))) {
    return { state: 'dead', pid, why: `process ${pid} is another program by now` }
  }
  return { state: 'running', pid }
}

/** What the command line of a part must hold, so that it can be told from any other process. */
export function processMark(where: Where, part: string): string {
  return `${where.directory}/config/${part}.`
}

/** Remembers the process of a part. */
export function writePidFile(where: Where, part: string, pid: number): void {
  writeFileSync(pidFile(where, part), `${pid}\n`)
}

/** Forgets the process of a part. */
export function removePidFile(where: Where, part: string): void {
  rmSync(pidFile(where, part), { force: true })
}

function readPid(where: Where, part: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile(where, part), 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}
