import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toolCommand } from '@orders/cluster/kafka-tools'
import { readPartProcess } from '@orders/cluster/pid-file'
import { silentReport } from '@orders/cluster/report'
import { kafkaAddresses, type ClusterSettings } from '@orders/cluster/settings'
import { startCluster } from '@orders/cluster/start-cluster'
import { createKafka } from '@orders/platform/kafka/client'
import { until } from './until.ts'

/** Who has one partition of a topic. */
export interface PartitionState {
  partition: number
  /** The id of a broker; -1 when nobody leads it. */
  leader: number
  replicas: number[]
  isr: number[]
}

/** A broker that leads the fullest partition of a topic. */
export interface BusiestLeader {
  partition: number
  leader: number
}

const IDS = [1, 2, 3]
const KILL_LIMIT_MS = 10_000
const STOP_LIMIT_MS = 60_000
const WHOLE_LIMIT_MS = 120_000
const WHOLE_POLL_MS = 400
const TOOL_LIMIT_MS = 60_000
const ASK_TIMEOUT_MS = 2_500
const ASK_RETRIES = 2

/** The brokers of a cluster: how to break them, mend them, and ask them who does what. */
export class Brokers {
  readonly settings: ClusterSettings
  readonly #signal: AbortSignal
  readonly #frozen = new Map<number, number>()

  constructor(settings: ClusterSettings, signal: AbortSignal) {
    this.settings = settings
    this.#signal = signal
  }

  /** All ids. */
  get ids(): number[] {
    return IDS
  }

  /** Ends a broker at once, and waits until it is gone. */
  async kill(id: number): Promise<void> {
    process.kill(this.#pidOf(id), 'SIGKILL')
    await this.#untilGone(id, KILL_LIMIT_MS)
  }

  /** Ends a broker as an operator would: it hands over what it leads first. */
  async terminate(id: number): Promise<void> {
    process.kill(this.#pidOf(id), 'SIGTERM')
    await this.#untilGone(id, STOP_LIMIT_MS)
  }

  /** Starts every part of the cluster that does not run, and waits until it does its work. */
  async start(): Promise<void> {
    await startCluster(this.settings, silentReport, { signal: this.#signal })
  }

  /** Makes the cluster whole again: nothing frozen, all started, every replica in sync. */
  async repair(): Promise<void> {
    this.thawAll()
    await this.start()
    await this.untilWhole()
  }

  /** Stops a broker without ending it: its connections stay open, and nothing answers. */
  freeze(id: number): void {
    const pid = this.#pidOf(id)
    process.kill(pid, 'SIGSTOP')
    this.#frozen.set(id, pid)
  }

  /** Lets a frozen broker go on. */
  thaw(id: number): void {
    const pid = this.#frozen.get(id)
    this.#frozen.delete(id)
    // It may have been killed meanwhile; then there is nothing to wake.
    if (pid !== undefined && this.isRunning(id)) process.kill(pid, 'SIGCONT')
  }

  /** Lets all of them go on. */
  thawAll(): void {
    for (const id of this.#frozen.keys()) this.thaw(id)
  }

  /** Whether the process is there, frozen or not. */
  isRunning(id: number): boolean {
    return readPartProcess(this.settings, `kafka-${id}`).state === 'running'
  }

  /** Waits until every partition of every topic has all its replicas in sync. */
  async untilWhole(limitMs: number = WHOLE_LIMIT_MS): Promise<void> {
    const what = 'every partition has all its replicas in sync'
    const wait = { what, limitMs, signal: this.#signal, everyMs: WHOLE_POLL_MS }
    await until(wait, async () => {
      const states = await this.#describe()
      return (
        states.length > 0 && states.every(({ isr, replicas }) => isr.length === replicas.length)
      )
    })
  }

  /** Says who has each partition of a topic, as a broker that answers sees it. */
  async describeTopic(topic: string): Promise<PartitionState[]> {
    return (await this.#describe(topic)).sort((a, b) => a.partition - b.partition)
  }

  /** Who leads a partition. */
  async leaderOf(topic: string, partition: number): Promise<number> {
    const states = await this.describeTopic(topic)
    return known(states.find((state) => state.partition === partition)?.leader)
  }

  /** Who leads the partition that holds the most. */
  async busiestLeader(topic: string): Promise<BusiestLeader> {
    const ends = [...(await this.endsOf(topic))].sort(([, a], [, b]) => b - a)
    const [partition = 0] = ends[0] ?? []
    return { partition, leader: await this.leaderOf(topic, partition) }
  }

  /** Who coordinates a group, as the brokers themselves say. */
  async coordinatorOf(groupId: string): Promise<number> {
    const args = ['--describe', '--state', '--group', groupId]
    const output = await this.runTool('consumer-groups', args)
    return known(Number(/\((\d+)\)/.exec(output)?.[1]))
  }

  /** Who is the active controller, as the quorum itself says. */
  async controller(): Promise<number> {
    const output = await this.runTool('metadata-quorum', ['describe', '--status'])
    return known(Number(/LeaderId:\s+(\d+)/.exec(output)?.[1]))
  }

  /** Makes a broker the first of a partition's replicas, and then its leader. */
  async moveLeader(topic: string, partition: number, toBroker: number): Promise<void> {
    const states = await this.describeTopic(topic)
    const replicas = states.find((state) => state.partition === partition)?.replicas ?? []
    if (!replicas.includes(toBroker)) throw new Error(`broker ${toBroker} has no replica`)
    const order = [toBroker, ...replicas.filter((id) => id !== toBroker)]
    const file = join(this.settings.directory, 'move-leader.json')
    writeFileSync(
      file,
      JSON.stringify({ version: 1, partitions: [{ topic, partition, replicas: order }] }),
    )
    await this.runTool('reassign-partitions', ['--reassignment-json-file', file, '--execute'])
    const which = ['--election-type', 'preferred', '--topic', topic, '--partition', `${partition}`]
    await this.runTool('leader-election', which)
  }

  /** Removes topics; one that is not there any more is no failure. */
  async deleteTopics(topics: string[]): Promise<void> {
    await this.#ask(async (admin) => {
      const there = await admin.listTopics()
      await admin.deleteTopics({ topics: topics.filter((topic) => there.includes(topic)) })
    })
  }

  /** Per partition of a topic the offset after its last record. */
  async endsOf(topic: string): Promise<Map<number, number>> {
    const offsets = await this.#ask((admin) => admin.fetchTopicOffsets(topic))
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]))
  }

  /** Runs one of Kafka's own tools and gives what it said; a JVM, so not for polling. */
  async runTool(name: string, args: string[]): Promise<string> {
    const tool = toolCommand(this.settings, name, args)
    const options = { env: tool.env, timeout: TOOL_LIMIT_MS, signal: this.#signal }
    const { stdout } = await promisify(execFile)(tool.command, tool.args, options)
    return stdout
  }

  #pidOf(id: number): number {
    const found = readPartProcess(this.settings, `kafka-${id}`)
    if (found.state !== 'running') throw new Error(`broker ${id} does not run`)
    return found.pid
  }

  async #untilGone(id: number, limitMs: number): Promise<void> {
    const wait = { what: `broker ${id} is gone`, limitMs, signal: this.#signal }
    await until(wait, () => !this.isRunning(id))
  }

  async #describe(topic?: string): Promise<PartitionState[]> {
    const { topics } = await this.#ask((admin) =>
      topic === undefined
        ? admin.fetchTopicMetadata()
        : admin.fetchTopicMetadata({ topics: [topic] }),
    )
    return topics.flatMap(({ partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => {
        return { partition: partitionId, leader, replicas, isr }
      }),
    )
  }

  async #ask<T>(question: (admin: BrokerAdmin) => Promise<T>): Promise<T> {
    const addresses = kafkaAddresses(this.settings)
    // A frozen broker takes the connection and then says nothing.
    const brokers = addresses.filter((_, index) => {
      return this.isRunning(index + 1) && !this.#frozen.has(index + 1)
    })
    const timeouts = { requestTimeoutMs: ASK_TIMEOUT_MS, retries: ASK_RETRIES }
    const admin = createKafka({ clientId: 'drills', brokers, ...timeouts }).admin()
    try {
      await admin.connect()
      return await question(admin)
    } finally {
      await admin.disconnect()
    }
  }
}

type BrokerAdmin = ReturnType<ReturnType<typeof createKafka>['admin']>

function known(id: number | undefined): number {
  if (id === undefined || !(id > 0)) throw new Error('no broker was named')
  return id
}
