import { startCluster } from '@orders/cluster/start-cluster'
import { stopCluster } from '@orders/cluster/stop-cluster'
import { listParts } from '@orders/cluster/parts'
import { kafkaAddresses, redisUrl, type ClusterSettings } from '@orders/cluster/settings'
import type { Report } from '@orders/cluster/report'
import { withAdmin } from '@orders/platform/kafka/admin'
import { openRedis } from '@orders/platform/redis'
import chalk from 'chalk'
import { collectFacts, fetchPartitions, type FactSources } from './collect-facts.ts'
import { environmentOf, ledgerFileOf, type ServiceName } from './environment.ts'
import { findProblems } from './facts.ts'
import type { DemoOptions } from './options.ts'
import { sayAs } from './output.ts'
import { renderFacts } from './render-table.ts'
import { ServiceProcess, type Ending } from './service-process.ts'
import { waitForReaders } from './wait-for-readers.ts'

/** A service that ends itself says that it cannot go on; to start it again is of no use. */
const USER_ERROR = 1

/** One run of the demo. */
export interface DemoRun {
  options: DemoOptions
  settings: ClusterSettings
  runId: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
}

const say = sayAs('demo')
const PROGRESS_EVERY_MS = 2_000
let progressAt = Date.now()

const report: Report = {
  progress: (line) => {
    if (Date.now() - progressAt < PROGRESS_EVERY_MS) return
    progressAt = Date.now()
    sayAs('cluster')(line)
  },
  info: sayAs('cluster'),
  warn: sayAs('cluster'),
}

/**
 * Runs the whole journey and resolves to an exit code. A cluster that was up before is left up;
 * everything that the demo has started is stopped, in order.
 */
export async function runDemo(run: DemoRun): Promise<number> {
  const { settings, signal } = run
  const { started } = await startCluster(settings, report, { signal })
  const isOurs = started.length === listParts(settings).length
  say(isOurs ? 'the cluster is up' : 'using the cluster that is up already')
  try {
    return await runServices(run)
  } finally {
    if (isOurs) {
      await stopCluster(settings, { report })
      say('the cluster is down; its data is kept (npm run cluster:down -- --wipe drops it)')
    }
  }
}

type Services = Record<ServiceName, ServiceProcess>

async function runServices(run: DemoRun): Promise<number> {
  const services = startServices(run)
  try {
    return run.options.exit
      ? await runToTheEnd(run, services)
      : await runUntilStopped(run, services)
  } finally {
    await stopAll(services)
  }
}

/** Until Ctrl-C; a consumer that is gone for good ends it as well. */
async function runUntilStopped({ signal }: DemoRun, services: Services): Promise<number> {
  void services.producer.ended.then(({ code }) => {
    if (signal.aborted) return
    say(`the producer is done (exit code ${code}); the consumers go on, Ctrl-C ends everything`)
  })
  const gone = await Promise.race([stopOf(signal), consumerGone(services)])
  if (gone !== null) return failBy(gone)
  say('stopping: producer, consumers, then the cluster')
  const endings = await stopAll(services)
  return endings.every(({ code }) => code === 0) ? 0 : 1
}

/** Until everything that was sent has been read; the exit code is the verdict. */
async function runToTheEnd(run: DemoRun, services: Services): Promise<number> {
  const { signal } = run
  const ending = await Promise.race([
    services.producer.ended,
    stopOf(signal),
    consumerGone(services),
  ])
  if (typeof ending === 'string') return failBy(ending)
  if (ending === null) {
    say('stopped before the end: no verdict')
    return 1
  }
  const { sources, close } = openSources(run)
  try {
    say('waiting until both consumers have read everything')
    await waitForReaders({ fetch: () => fetchPartitions(sources), signal, onWait: say })
    await stopAll(services)
    return await giveVerdict(sources, ending)
  } finally {
    await close()
  }
}

async function giveVerdict(sources: FactSources, producer: Ending): Promise<number> {
  const { clusterId } = await withAdmin(sources.kafka, (admin) => admin.describeCluster())
  const facts = await collectFacts(sources, clusterId)
  process.stdout.write(`\n${renderFacts(facts)}\n\n`)
  const problems = findProblems(facts)
  if (producer.code !== 0) problems.push(`the producer ended with exit code ${producer.code}`)
  for (const problem of problems) say(chalk.red(problem))
  say(
    problems.length === 0
      ? chalk.green('every acknowledged order is in Redis, once for each consumer')
      : chalk.red('this run has failed'),
  )
  return problems.length === 0 ? 0 : 1
}

function openSources({ settings, runId, env }: DemoRun) {
  const { redis, close } = openRedis(redisUrl(settings))
  const sources: FactSources = {
    kafka: { clientId: 'demo', brokers: kafkaAddresses(settings) },
    redis,
    topic: env['KAFKA_TOPIC'] || 'orders',
    dlqTopic: env['KAFKA_DLQ_TOPIC'] || 'orders.dlq',
    groups: { auto: 'consumer-auto', batch: 'consumer-batch' },
    ledgerFile: ledgerFileOf(settings),
    runId,
  }
  return { sources, close }
}

function startServices(run: DemoRun): Services {
  const isUnexpected = (ending: Ending): boolean => ending.code !== USER_ERROR
  // A producer that ended by itself is done, with or without success; one that was killed is not.
  const isKilled = ({ signal }: Ending): boolean => signal !== null
  return {
    'consumer-auto': startService(run, 'consumer-auto', isUnexpected),
    'consumer-batch': startService(run, 'consumer-batch', isUnexpected),
    producer: startService(run, 'producer', isKilled),
  }
}

function startService(
  { settings, runId, env, options }: DemoRun,
  name: ServiceName,
  shouldRestart: (ending: Ending) => boolean,
): ServiceProcess {
  return new ServiceProcess({
    name,
    args: name === 'producer' ? options.producerArgs : [],
    env: environmentOf(name, settings, runId, env, chalk.level > 0),
    onLine: sayAs(name),
    shouldRestart,
  })
}

/** The producer first, so that the consumers can finish what it has sent. */
async function stopAll(services: Services): Promise<Ending[]> {
  const producer = await services.producer.stop()
  const consumers = await Promise.all([
    services['consumer-auto'].stop(),
    services['consumer-batch'].stop(),
  ])
  return [producer, ...consumers]
}

async function consumerGone(services: Services): Promise<ServiceName> {
  const ends = (['consumer-auto', 'consumer-batch'] as const).map(async (name) => {
    await services[name].ended
    return name
  })
  return Promise.race(ends)
}

function failBy(name: ServiceName): number {
  say(chalk.red(`${name} is gone and cannot be started again: see its last lines`))
  return 1
}

function stopOf(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
