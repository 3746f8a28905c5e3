import { join } from 'node:path'
import { BROKER_SETTINGS, SMALL_MACHINE_SETTINGS } from './broker-settings.ts'
import type { ClusterSettings } from './settings.ts'
import { dataFolder } from './state-folder.ts'

type Where = Pick<ClusterSettings, 'kafkaPorts' | 'controllerPorts' | 'directory'>

/** The properties of one of the three combined nodes. */
export function brokerProperties(where: Where, nodeId: number): Record<string, string> {
  const { kafkaPorts, controllerPorts } = where
  const port = kafkaPorts[nodeId - 1] ?? 0
  const voters = controllerPorts.map((own, index) => `${index + 1}@127.0.0.1:${own}`)
  return {
    'process.roles': 'broker,controller',
    'node.id': `${nodeId}`,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENT',
    listeners: `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPorts[nodeId - 1]}`,
    'advertised.listeners': `CLIENT://localhost:${port}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': brokerDataFolder(where, nodeId),
    ...BROKER_SETTINGS,
    ...SMALL_MACHINE_SETTINGS,
  }
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
