import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from './cluster-error.ts'
import { readCommandLine } from './process-table.ts'
import { runFolder } from './state-folder.ts'

type Where = { directory: string }

/** Does a piece of work while nobody else starts or stops parts of the same cluster. */
export async function withLock<T>(where: Where, work: () => Promise<T>): Promise<T> {
  const file = join(runFolder(where), 'lock')
  const mine = `${process.pid}\n${readCommandLine(process.pid) ?? ''}\n`
  takeLock(file, mine)
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function takeLock(file: string, mine: string): void {
  for (let left = 3; left > 0; left--) {
    const holder = tryToTake(file, mine)
    if (holder === null) return
    if (isAlive(holder)) {
      const pid = holder.split('\n')[0]
      throw new ClusterError(
        `process ${pid} is starting or stopping this cluster at the moment: wait for it, or end it`,
      )
    }
    removeStale(file, holder)
  }
  throw new ClusterError(`others keep taking ${file}: run it again`)
}

function tryToTake(file: string, mine: string): string | null {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, mine)
    linkSync(draft, file) // Appears with its content, or not at all.
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new ClusterError(`cannot write ${file} (${code})`)
    return readOrEmpty(file)
  } finally {
    rmSync(draft, { force: true })
  }
}

// Two that find the same stale lock: the slower one may get hold of the faster one's new lock here,
// sees that it is another, and puts it back.
function removeStale(file: string, holder: string): void {
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
    if (readOrEmpty(aside) !== holder) linkSync(aside, file)
  } catch {
    // Someone else was faster.
  } finally {
    rmSync(aside, { force: true })
  }
}

// The command line is compared too: the number of a dead process may belong to another by now.
function isAlive(holder: string): boolean {
  const [pid = '', commandLine = ''] = holder.split('\n')
  return commandLine !== '' && readCommandLine(Number(pid)) === commandLine
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
