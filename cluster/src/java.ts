import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ClusterError } from './cluster-error.ts'
import { findProgram, isProgram } from './search-path.ts'
import type { ClusterSettings } from './settings.ts'

const JAVA_MAJOR_MIN = 17
const VERSION_LIMIT_MS = 15_000
const GET_ONE = `install Java ${JAVA_MAJOR_MIN} or newer, or point JAVA_HOME at one`

/** Finds a Java that is new enough: the one of JAVA_HOME, else the one on the search path. */
export function findJava(settings: Pick<ClusterSettings, 'javaHome' | 'searchPath'>): string {
  const java = locateJava(settings)
  const { stderr, error } = spawnSync(java, ['-version'], {
    encoding: 'utf8',
    timeout: VERSION_LIMIT_MS,
  })
  const major = parseJavaMajor(stderr ?? '')
  if (major === null) {
    const said = error?.message ?? (stderr.trim().split('\n')[0] || 'nothing')
    throw new ClusterError(`${java} does not tell its version (it said: ${said}): ${GET_ONE}`)
  }
  if (major >= JAVA_MAJOR_MIN) return java
  throw new ClusterError(`${java} is Java ${major}, Kafka needs ${JAVA_MAJOR_MIN}: ${GET_ONE}`)
}

/** Reads the major version from what `java -version` writes, or says null. */
export function parseJavaMajor(text: string): number | null {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  if (first === undefined) return null
  return first === '1' && second !== undefined ? Number(second) : Number(first) // "1.8.0" is Java 8
}

function locateJava({ javaHome, searchPath }: Pick<ClusterSettings, 'javaHome' | 'searchPath'>) {
  if (javaHome !== null) {
    const java = join(javaHome, 'bin', 'java')
    if (isProgram(java)) return java
    throw new ClusterError(`JAVA_HOME=${javaHome} has no bin/java: unset it, or ${GET_ONE}`)
  }
  const java = findProgram('java', searchPath)
  if (java !== null) return java
  throw new ClusterError(`there is no java on PATH: ${GET_ONE}`)
}
