import { registryUrl, type ClusterSettings } from '@orders/cluster/settings'
import { KafkaLink } from './links/kafka-link.ts'
import { RedisLink } from './links/redis-link.ts'
import { RegistryLink } from './links/registry-link.ts'

/** What lies between the services and the cluster, and can be broken there. */
export interface Links {
  kafka: KafkaLink
  redis: RedisLink
  registry: RegistryLink
  /** The addresses that services are to be given. */
  kafkaAddresses: string[]
  redisUrl: string
  registryUrl: string
  /** Ends all links; whatever goes through them loses its connections. */
  close(): Promise<void>
}

/** Opens all links to a cluster whose brokers have a proxied listener. */
export async function openLinks(settings: ClusterSettings): Promise<Links> {
  const { proxied } = settings
  if (!proxied) throw new Error('the brokers have no proxied listener: set CLUSTER_PROXIED_PORTS')
  const target = new URL(registryUrl(settings))
  const kafka = await KafkaLink.open(proxied)
  const redis = await RedisLink.open(settings.redisPort)
  const registry = await RegistryLink.open(`http://127.0.0.1:${settings.registryPort}`)
  return {
    kafka,
    redis: redis.link,
    registry: registry.link,
    kafkaAddresses: proxied.advertisedPorts.map((port) => `localhost:${port}`),
    redisUrl: `redis://127.0.0.1:${redis.port}`,
    registryUrl: `http://127.0.0.1:${registry.port}${target.pathname}`,
    close: async () => {
      await Promise.all([kafka.close(), redis.link.close(), registry.link.close()])
    },
  }
}
