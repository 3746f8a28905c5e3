import { kafkaAddresses, registryUrl, redisUrl, type ClusterSettings } from './settings.ts'

/** One process of the cluster. */
export interface Part {
  name: string
  kind: 'kafka' | 'registry' | 'redis'
  /** Counts the brokers from 1; 0 for what is no broker. */
  nodeId: number
  /** What clients are to be given. */
  address: string
  ports: PartPort[]
}

/** A port that a part listens on, and the setting that moves it. */
export interface PartPort {
  port: number
  setting: string
}

/** Lists the five parts of the cluster, the brokers first. */
export function listParts(settings: ClusterSettings): Part[] {
  const registry = { port: settings.registryPort, setting: 'CLUSTER_REGISTRY_PORT' }
  const redis = { port: settings.redisPort, setting: 'CLUSTER_REDIS_PORT' }
  return [
    ...kafkaAddresses(settings).map((address, index) => listBroker(settings, address, index)),
    {
      name: 'schema-registry',
      kind: 'registry',
      nodeId: 0,
      address: registryUrl(settings),
      ports: [registry],
    },
    { name: 'redis', kind: 'redis', nodeId: 0, address: redisUrl(settings), ports: [redis] },
  ]
}

function listBroker(settings: ClusterSettings, address: string, index: number): Part {
  const client = { port: settings.kafkaPorts[index] ?? 0, setting: 'CLUSTER_KAFKA_PORTS' }
  const controller = {
    port: settings.controllerPorts[index] ?? 0,
    setting: 'CLUSTER_CONTROLLER_PORTS',
  }
  const proxied = (settings.proxied?.ports ?? []).slice(index, index + 1).map((port) => {
    return { port, setting: 'CLUSTER_PROXIED_PORTS' }
  })
  const ports = [client, controller, ...proxied]
  const nodeId = index + 1
  return { name: `kafka-${nodeId}`, kind: 'kafka', nodeId, address, ports }
}
