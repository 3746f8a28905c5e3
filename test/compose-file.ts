import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A service as docker-compose.yml describes it; only what the tests look at. */
export interface ComposeService {
  image?: string
  build?: { args: Record<string, string> }
  environment?: Record<string, string | number | null>
  ports?: string[]
  command?: string[]
  entrypoint?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  logging?: { options: Record<string, string> }
  restart: string
  mem_limit: string
  stop_grace_period?: string
  volumes?: string[]
  tmpfs?: string[]
  cap_drop?: string[]
  dns_opt?: string[]
  security_opt?: string[]
  read_only?: boolean
  init?: boolean
  user?: string
  container_name?: string
}

/** docker-compose.yml after its variables were filled in. */
export interface ComposeFile {
  name: string
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
}

const VARIABLE = /\$\{([A-Z0-9_]+):-([^}]*)\}/g
const text = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')

/** Reads docker-compose.yml as Docker would, with these variables set. */
export function readComposeFile(env: Record<string, string> = {}): ComposeFile {
  const filled = text.replaceAll(VARIABLE, (_all, name: string, fallback: string) => {
    return env[name] || fallback
  })
  return parse(filled, { merge: true }) as ComposeFile
}

/** Every variable that can be set for docker-compose.yml, with its default. */
export function readComposeVariables(): Record<string, string> {
  const pairs = [...text.matchAll(VARIABLE)].map(([, name = '', fallback = '']) => [name, fallback])
  return Object.fromEntries(pairs) as Record<string, string>
}
