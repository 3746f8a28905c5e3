/**
 * The broker settings that decide what the cluster promises. This table is their one place: the
 * brokers here are written from it, and docker-compose.yml is tested against it.
 */
export const BROKER_SETTINGS: Readonly<Record<string, string>> = {
  // One broker may die and nothing that was acknowledged is lost, nor does anything stop.
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'share.coordinator.state.topic.replication.factor': '3',
  'share.coordinator.state.topic.min.isr': '2',
  // A replica that lags never becomes leader: it would drop acknowledged orders.
  'unclean.leader.election.enable': 'false',
  // A misspelt topic is an error, not a new topic.
  'auto.create.topics.enable': 'false',
  // A lone consumer would wait three seconds for others to join its group.
  'group.initial.rebalance.delay.ms': '0',
  'log.retention.hours': '168',
  // A handful of groups need no 50 partitions, each three times on disk, before the first commit.
  'offsets.topic.num.partitions': '6',
  'transaction.state.log.num.partitions': '6',
  'share.coordinator.state.topic.num.partitions': '6',
}

/** What makes three brokers fit on one small machine; it changes no promise. */
export const SMALL_MACHINE_SETTINGS: Readonly<Record<string, string>> = {
  // The default of 128 MB is taken from the heap at once, whether there is much to compact or not.
  'log.cleaner.dedupe.buffer.size': '16777216',
  'num.network.threads': '2',
  'num.io.threads': '4',
}
