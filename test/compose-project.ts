import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024
const ASK_LIMIT_MS = 20_000

/** What Docker says of a container. */
export interface Container {
  ID: string
  Service: string
  State: string
  Health: string
  ExitCode: number
}

/** Whether docker compose is here and an engine answers it, wherever it is told to look for one. */
export function hasEngine(): boolean {
  const { status } = spawnSync('docker', ['compose', 'ls'], {
    stdio: 'ignore',
    timeout: ASK_LIMIT_MS,
  })
  return status === 0
}

/** docker-compose.yml as a project of its own, on ports of its own. */
export class ComposeProject {
  readonly #name: string
  readonly #env: NodeJS.ProcessEnv

  constructor(name: string, env: Record<string, string>) {
    this.#name = name
    // Nothing of a .env file may reach a test; a variable that is set goes before the file.
    this.#env = { ...process.env, ...env }
  }

  /** Runs a command of docker compose and gives back what it writes. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await run('docker', ['compose', '-p', this.#name, ...args], {
      cwd: ROOT,
      env: this.#env,
      maxBuffer: OUTPUT_BYTES_MAX,
    })
    return stdout
  }

  /** Lists the containers, those that have ended included; one JSON object a line, or an array. */
  async list(): Promise<Container[]> {
    const text = (await this.run('ps', '-a', '--format', 'json')).trim()
    if (text.startsWith('[')) return JSON.parse(text) as Container[]
    return text.split('\n').map((line) => JSON.parse(line) as Container)
  }

  /** Whether every container is well, and the one that runs once has done so. */
  async isHealthy(): Promise<boolean> {
    const containers = await this.list()
    return containers.every(({ Service, State, Health, ExitCode }) =>
      Service === 'kafka-init'
        ? State === 'exited' && ExitCode === 0
        : State === 'running' && Health === 'healthy',
    )
  }
}
