import { join } from 'node:path'
import { BROKER_SETTINGS, SMALL_MACHINE_SETTINGS } from './broker-settings.ts'
import type { ClusterSettings } from './settings.ts'
import { dataFolder } from './state-folder.ts'

type Where = Pick<ClusterSettings, 'kafkaPorts' | 'controllerPorts' | 'proxied' | 'directory'>

interface Listener {
  name: string
  listens: string
  /** What clients are told; null for a listener that is for brokers only. */
  advertised: string | null
}

/** The properties of one of the three combined nodes. */
export function brokerProperties(where: Where, nodeId: number): Record<string, string> {
  const voters = where.controllerPorts.map((own, index) => `${index + 1}@127.0.0.1:${own}`)
  const listeners = listListeners(where, nodeId - 1)
  const told = listeners.filter(({ advertised }) => advertised !== null)
  return {
    'process.roles': 'broker,controller',
    'node.id': `${nodeId}`,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENT',
    listeners: listeners.map(({ name, listens }) => `${name}://${listens}`).join(','),
    'advertised.listeners': told.map((one) => `${one.name}://${one.advertised}`).join(','),
    'listener.security.protocol.map': listeners.map(({ name }) => `${name}:PLAINTEXT`).join(','),
    'log.dirs': brokerDataFolder(where, nodeId),
    ...BROKER_SETTINGS,
    ...SMALL_MACHINE_SETTINGS,
  }
}

/** Brokers among themselves stay on CLIENT: what happens to a proxied connection is not theirs. */
function listListeners({ kafkaPorts, controllerPorts, proxied }: Where, index: number): Listener[] {
  const port = kafkaPorts[index] ?? 0
  const client = {
    name: 'CLIENT',
    listens: `127.0.0.1:${port}`,
    advertised: `localhost:${port}`,
  }
  const second = {
    name: 'PROXIED',
    listens: `127.0.0.1:${proxied?.ports[index]}`,
    advertised: `localhost:${proxied?.advertisedPorts[index]}`,
  }
  const controller = {
    name: 'CONTROLLER',
    listens: `127.0.0.1:${controllerPorts[index]}`,
    advertised: null,
  }
  return [client, ...(proxied ? [second] : []), controller]
}

/** The folder of a broker's log segments and of its copy of the metadata. */
export function brokerDataFolder(where: { directory: string }, nodeId: number): string {
  return join(dataFolder(where), `kafka-${nodeId}`)
}

/** Writes properties as Java reads them. */
export function renderProperties(properties: Record<string, string>): string {
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${escape(value)}`)
  return `# Written at every start: changes here are lost.\n${lines.join('\n')}\n`
}

function escape(value: string): string {
  const plain = value.replaceAll('\\', '\\\\').replace(/^ /, '\\ ')
  // Java reads properties as Latin-1.
  return plain.replace(/[^\x20-\x7e]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
