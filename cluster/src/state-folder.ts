import { join } from 'node:path'
import type { ClusterSettings } from './settings.ts'

type Where = Pick<ClusterSettings, 'directory'>

/** The folder of the pid files and the lock. */
export function runFolder({ directory }: Where): string {
  return join(directory, 'run')
}

/** The folder of everything the parts wrote to stdout and stderr. */
export function logFolder({ directory }: Where): string {
  return join(directory, 'logs')
}

/** The folder of the settings files written for the parts. */
export function configFolder({ directory }: Where): string {
  return join(directory, 'config')
}

/** The folder of what must survive a restart. */
export function dataFolder({ directory }: Where): string {
  return join(directory, 'data')
}

/** The file that holds the process id of a part. */
export function pidFile(where: Where, part: string): string {
  return join(runFolder(where), `${part}.pid`)
}

/** The log of a part since it was last started. */
export function logFile(where: Where, part: string): string {
  return join(logFolder(where), `${part}.log`)
}
