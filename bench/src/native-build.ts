import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findProgram } from '@orders/cluster/search-path'

/** What compiles librdkafka and its bindings, and the package of Debian that holds each. */
const TOOLS = [
  { names: ['c++', 'g++', 'clang++'], debian: 'g++' },
  { names: ['make'], debian: 'make' },
  { names: ['python3', 'python'], debian: 'python3' },
] as const

/** Names what a machine lacks to build from source, as packages of Debian; empty when nothing. */
export function missingBuildTools(searchPath: string): string[] {
  return TOOLS.filter(({ names }) => {
    return names.every((name) => findProgram(name, searchPath) === null)
  }).map(({ debian }) => debian)
}

/**
 * How the native client is to be built. From source wherever that can be done: the same on every
 * machine, and without a download beside the registry. Linked with what the system has, because its
 * own way fetches the sources of OpenSSL, curl and others from the web; what the system lacks is
 * left out (nothing of it is used here). Without a compiler its script fetches a ready binary.
 */
export function nativeBuildEnvironment(
  env: NodeJS.ProcessEnv,
  node = process.execPath,
): NodeJS.ProcessEnv {
  const prefix = dirname(dirname(node))
  const hasHeaders = existsSync(join(prefix, 'include/node/node.h'))
  const canBuild = missingBuildTools(env['PATH'] ?? '').length === 0
  return {
    CKJS_LINKING: 'dynamic',
    ...(canBuild ? { npm_config_build_from_source: 'true' } : {}),
    // Else they are fetched, and not from the registry.
    ...(hasHeaders ? { npm_config_nodedir: prefix } : {}),
    ...env,
  }
}

/** Says what to do where the native client is not there. */
export function buildAdvice(missing: readonly string[], failureFile: string): string {
  const first =
    missing.length === 0 ? 'see bench/README.md' : `install ${missing.join(', ')} (names of Debian)`
  return `${first}, then remove ${failureFile} and start the bench again`
}
