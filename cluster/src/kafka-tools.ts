import { findArtifacts } from './artifacts.ts'
import { ClusterError } from './cluster-error.ts'
import { findJava } from './java.ts'
import { toolLaunch } from './kafka-launch.ts'
import type { Launch } from './launch.ts'
import { kafkaAddresses, type ClusterSettings } from './settings.ts'

/** One of Kafka's own command line tools. */
interface Tool {
  className: string
  /** Where it wants to be told the brokers: before its subcommand, after all else, or not at all. */
  brokers: 'first' | 'last' | 'never'
}

const TOOLS: Record<string, Tool> = {
  acls: { className: 'org.apache.kafka.tools.AclCommand', brokers: 'last' },
  'broker-api-versions': {
    className: 'org.apache.kafka.tools.BrokerApiVersionsCommand',
    brokers: 'last',
  },
  cluster: { className: 'org.apache.kafka.tools.ClusterTool', brokers: 'last' },
  configs: { className: 'kafka.admin.ConfigCommand', brokers: 'last' },
  'console-consumer': {
    className: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
    brokers: 'last',
  },
  'console-producer': { className: 'org.apache.kafka.tools.ConsoleProducer', brokers: 'last' },
  'consumer-groups': {
    className: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    brokers: 'last',
  },
  'consumer-perf-test': {
    className: 'org.apache.kafka.tools.ConsumerPerformance',
    brokers: 'last',
  },
  'delete-records': { className: 'org.apache.kafka.tools.DeleteRecordsCommand', brokers: 'last' },
  'dump-log': { className: 'org.apache.kafka.tools.DumpLogSegments', brokers: 'never' },
  features: { className: 'org.apache.kafka.tools.FeatureCommand', brokers: 'first' },
  'get-offsets': { className: 'org.apache.kafka.tools.GetOffsetShell', brokers: 'last' },
  groups: { className: 'org.apache.kafka.tools.GroupsCommand', brokers: 'last' },
  'leader-election': { className: 'org.apache.kafka.tools.LeaderElectionCommand', brokers: 'last' },
  'log-dirs': { className: 'org.apache.kafka.tools.LogDirsCommand', brokers: 'last' },
  'metadata-quorum': {
    className: 'org.apache.kafka.tools.MetadataQuorumCommand',
    brokers: 'first',
  },
  'producer-perf-test': {
    className: 'org.apache.kafka.tools.ProducerPerformance',
    brokers: 'last',
  },
  'reassign-partitions': {
    className: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
    brokers: 'last',
  },
  storage: { className: 'kafka.tools.StorageTool', brokers: 'never' },
  topics: { className: 'org.apache.kafka.tools.TopicCommand', brokers: 'last' },
}

const GIVEN = /^--(bootstrap-server|bootstrap-controller|broker-list|help|version)(=|$)/

/** Names the tools that can be run. */
export function listTools(): string[] {
  return Object.keys(TOOLS)
}

/** Says how to run one of Kafka's tools on this cluster; `kafka-` before its name changes nothing. */
export function toolCommand(settings: ClusterSettings, name: string, args: string[]): Launch {
  const tool = findTool(name)
  const artifacts = findArtifacts(settings)
  if (artifacts === null) {
    throw new ClusterError("Kafka's tools are not fetched yet: run `npm run cluster:up` first")
  }
  const words = [tool.className, ...addBrokers(name, args, kafkaAddresses(settings))]
  return toolLaunch(settings, { java: findJava(settings), artifacts }, words)
}

/** Tells whether a tool will ask this cluster, as nobody has told it another. */
export function asksThisCluster(name: string, args: string[]): boolean {
  return findTool(name).brokers !== 'never' && !args.some((arg) => GIVEN.test(arg))
}

function findTool(name: string): Tool {
  const tool = TOOLS[name.replace(/^kafka-/, '').replace(/\.sh$/, '')]
  if (tool) return tool
  throw new ClusterError(`there is no tool "${name}", only: ${listTools().join(', ')}`)
}

/** Adds the brokers to what a tool is told, where it wants them, unless it is told them already. */
export function addBrokers(name: string, args: string[], addresses: string[]): string[] {
  const tool = findTool(name)
  if (tool.brokers === 'never' || args.some((arg) => GIVEN.test(arg))) return args
  const brokers = ['--bootstrap-server', addresses.join(',')]
  return tool.brokers === 'first' ? [...brokers, ...args] : [...args, ...brokers]
}
