import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from '@orders/platform/user-error'
import { Child, runChild } from './child.ts'
import { PEERS_FOLDER } from './lab.ts'
import { buildAdvice, missingBuildTools, nativeBuildEnvironment } from './native-build.ts'
import type { ClientName, PeerName } from './rows.ts'

/** For each client why it cannot be run here; null where it can. */
export type Installed = Record<ClientName, string | null>

const INSTALL_LIMIT_MS = 5 * 60_000
const LOAD_LIMIT_MS = 30_000
/** A library in C and its bindings in C++, on a small machine. */
const BUILD_LIMIT_MS = 20 * 60_000
const MODULES = join(PEERS_FOLDER, 'node_modules')
/** Says what was installed, so that a build of minutes is not thrown away by the next run. */
const STAMP = join(MODULES, '.installed')
const NATIVE = '@confluentinc/kafka-javascript'
const BINARY = join(MODULES, NATIVE, 'build/Release/confluent-kafka-javascript.node')
const BUILD_FAILURE = join(MODULES, '.build-failure')
const SHOWN_FAILURE = 'bench/peers/node_modules/.build-failure'
const NOBODY: Installed = { kafkajs: null, platformatic: null, confluent: null }
const NPM_QUIET = ['--no-audit', '--no-fund', '--loglevel=error']

/** Installs the other clients in their own folder, where they are not there yet. Never throws, but at the signal. */
export async function installPeers(
  peers: readonly PeerName[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Installed> {
  if (!peers.some((peer) => peer in NOBODY || peer === 'commits')) return NOBODY
  const failure = await tryStep(signal, () => installModules(signal, say))
  if (failure !== null) return { kafkajs: failure, platformatic: failure, confluent: failure }
  if (!peers.includes('confluent')) return NOBODY
  return { ...NOBODY, confluent: await buildNative(signal, say) }
}

async function installModules(signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const lock = readFileSync(join(PEERS_FOLDER, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return
  say('installing the other clients (bench/peers)')
  await npm(['ci', '--ignore-scripts', ...NPM_QUIET], INSTALL_LIMIT_MS, signal)
  rmSync(BUILD_FAILURE, { force: true })
  writeFileSync(STAMP, wanted)
}

/** Only this one may run its install script, which builds it from source or fetches a binary. */
async function buildNative(
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<string | null> {
  if (existsSync(BINARY)) return loadNative(signal)
  if (existsSync(BUILD_FAILURE)) return readFileSync(BUILD_FAILURE, 'utf8')
  say(`building ${NATIVE}: some minutes, ${BUILD_LIMIT_MS / 60_000} at most, once`)
  const args = ['rebuild', NATIVE, '--ignore-scripts=false', '--foreground-scripts', ...NPM_QUIET]
  const failure = await tryStep(signal, () => npm(args, BUILD_LIMIT_MS, signal))
  if (existsSync(BINARY)) return loadNative(signal)
  const advice = buildAdvice(missingBuildTools(process.env['PATH'] ?? ''), SHOWN_FAILURE)
  const reason = `${NATIVE} could not be built (${failure ?? 'no binary came of it'}): ${advice}`
  // A build that failed once would fail for minutes in every run.
  writeFileSync(BUILD_FAILURE, reason)
  return reason
}

/** A binary that another Node or another machine has built may not be of use here. */
async function loadNative(signal: AbortSignal): Promise<string | null> {
  const args = ['--input-type=module', '--eval', `await import('${NATIVE}')`]
  const where = { env: process.env, cwd: PEERS_FOLDER }
  const failure = await tryStep(signal, async () => {
    const child = new Child({ label: 'loading it', command: process.execPath, args, ...where })
    await runChild(child, LOAD_LIMIT_MS, signal)
  })
  if (failure === null) return null
  return `${NATIVE} does not load (${failure}): remove bench/peers/node_modules, so that it is built again`
}

async function npm(args: string[], limitMs: number, signal: AbortSignal): Promise<void> {
  const label = `npm ${args[0]}`
  const env = nativeBuildEnvironment(withoutOuterNpm(process.env))
  await runChild(
    new Child({ label, command: 'npm', args, env, cwd: PEERS_FOLDER }),
    limitMs,
    signal,
  )
}

/** What `npm run` has set is about the folder it was called in, and must not reach the other one. */
function withoutOuterNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOuter = /^npm_(package|lifecycle|config_(local_)?prefix|config_workspace|command$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOuter.test(name)))
}

async function tryStep(signal: AbortSignal, step: () => Promise<void>): Promise<string | null> {
  try {
    await step()
    return null
  } catch (error) {
    signal.throwIfAborted()
    return describeError(error)
  }
}
