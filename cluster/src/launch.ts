import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { ClusterError } from './cluster-error.ts'
import { writePidFile } from './pid-file.ts'
import { logFile } from './state-folder.ts'

/** How a program is started. */
export interface Launch {
  command: string
  args: string[]
  env: Record<string, string>
}

/** Starts a part so that it outlives this process; its output goes to a log file of its own. */
export function launchDetached(where: { directory: string }, part: string, launch: Launch): number {
  const log = openLog(logFile(where, part))
  try {
    const child = spawn(launch.command, launch.args, {
      cwd: where.directory,
      detached: true,
      env: launch.env,
      stdio: ['ignore', log, log],
    })
    child.once('error', () => {}) // Told below: there is no pid then.
    if (child.pid === undefined) throw new ClusterError(`cannot run ${launch.command} for ${part}`)
    child.unref()
    writePidFile(where, part, child.pid)
    return child.pid
  } finally {
    closeSync(log)
  }
}

// One log back is kept: it tells why the part had to be started again.
function openLog(file: string): number {
  if (existsSync(file)) renameSync(file, file.replace(/\.log$/, '.previous.log'))
  return openSync(file, 'a')
}
