import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { armFaultPoint } from '@orders/platform/fault-point'
import type { KafkaOptions } from '@orders/platform/kafka/client'
import { fastProduce } from '@orders/platform/kafka/fast-produce/install'
import { PartitionSender } from '@orders/platform/kafka/sender'
import type { Ledger } from '@orders/platform/ledger'
import type { Logger } from '@orders/platform/logger'
import type { Order } from '@orders/schemas/order'
import type { Bookkeeping } from './bookkeeping.ts'
import type { Plan } from './command-line.ts'
import type { Config } from './config.ts'
import { prepareDestination } from './connect.ts'
import { Dispatch } from './dispatch.ts'
import { readOrderFile } from './order-file.ts'
import { pace, type Turn } from './pace.ts'
import { createShop } from './shop.ts'
import { simulateOrder } from './simulate.ts'

/** What a run works with. */
export interface RunParts {
  config: Config
  plan: Plan
  ledger: Ledger
  books: Bookkeeping
  log: Logger
  /** Aborted when no more orders are to be made. */
  signal: AbortSignal
  /** Called when the cluster is there, with topic and schema: orders begin to flow. */
  onReady: () => void
}

/** What is left of the shutdown time for the rest, after the orders in hand were waited for. */
const CLOSING_MS = 2_000

/**
 * Sends what an earlier run has left over, then the orders of the plan, and waits until each is
 * acknowledged or has failed as often as it may. After the signal it makes no more, and waits for
 * those in hand only as long as a shutdown allows.
 */
export async function produce(parts: RunParts): Promise<void> {
  const { config, plan, ledger, books, log, signal, onReady } = parts
  const kafka: KafkaOptions = {
    clientId: 'producer',
    brokers: config.KAFKA_BROKERS,
    onLog: (_level, message, facts) => log.debug(facts, message),
  }
  const destination = await prepareDestination(config, kafka, signal, log)
  await ledger.recordRun({
    kind: 'run',
    at: new Date().toISOString(),
    runId: plan.runId,
    clusterId: destination.clusterId,
    topic: config.KAFKA_TOPIC,
    seed: plan.file === null ? plan.seed : null,
  })
  onReady()
  if (fastProduce.reason !== undefined) log.info(`the slower way to produce: ${fastProduce.reason}`)
  const givenUp = giveUpAfter(signal, config.SHUTDOWN_TIMEOUT_MS - CLOSING_MS)
  const sender = new PartitionSender({
    ...kafka,
    sendTimeoutMs: config.SEND_TIMEOUT_MS,
    compression: config.COMPRESSION,
    onRetired: (reason) => log.warn(`producer retired: ${reason}`),
  })
  const { KAFKA_TOPIC: topic, SEND_RETRIES: sendRetries } = config
  const passPoint = armFaultPoint(config.FAULT_POINT)
  const options = { ...destination, topic, sendRetries, givenUp: givenUp.signal, passPoint }
  const dispatch = new Dispatch(options, sender, ledger, books)
  try {
    sendLeftOver(parts, dispatch)
    await sendPlan(parts, dispatch)
    await dispatch.drain()
  } finally {
    givenUp.abort()
    await sender.close()
  }
}

/** A controller that is aborted so long after the signal. */
function giveUpAfter(signal: AbortSignal, ms: number): AbortController {
  const givenUp = new AbortController()
  // Every lane that waits listens to it.
  setMaxListeners(0, givenUp.signal)
  const onStop = async (): Promise<void> => {
    await sleep(ms, undefined, { ref: false })
    givenUp.abort()
  }
  signal.addEventListener('abort', () => void onStop(), { once: true })
  return givenUp
}

function sendLeftOver({ ledger, books, log }: RunParts, dispatch: Dispatch): void {
  const { outstanding } = ledger
  if (outstanding.length === 0) return
  log.info(`${outstanding.length} orders of an earlier run were not acknowledged: they go first`)
  for (const order of outstanding) {
    books.placed(order)
    dispatch.addAgain(order)
  }
}

async function sendPlan(parts: RunParts, dispatch: Dispatch): Promise<void> {
  const { plan, books, log } = parts
  for await (const orders of plan.file === null ? makeOrders(parts) : readOrders(parts)) {
    for (const [index, order] of orders) {
      if (!dispatch.hasRoom && !(await dispatch.room())) {
        log.error('Kafka has been away too long: no more orders are made')
        return
      }
      books.placed(order)
      dispatch.add(order, plan.runId, index)
    }
  }
}

/** Orders that are due together, each with its place in the run. */
type DueOrders = Iterable<[number, Order]>

/** Orders of the simulator; a run that was interrupted goes on after its last one. */
async function* makeOrders({ config, plan, ledger, signal }: RunParts): AsyncGenerator<DueOrders> {
  const { seed, runId, intervalMs } = plan
  const { ORDER_BYTES: bytes } = config
  const done = ledger.triedInRun(runId)
  const shop = createShop(seed)
  function* make({ first, count }: Turn): Generator<[number, Order]> {
    for (let index = done + first; index < done + first + count; index += 1) {
      // While there was no room for more, the run may have been told to end.
      if (signal.aborted) return
      yield [index, simulateOrder({ shop, seed, runId, index, now: Date.now(), bytes })]
    }
  }
  for await (const turn of pace({ count: plan.count - done, intervalMs, signal })) yield make(turn)
}

/** Orders of a file; what is no order is told and left out. */
async function* readOrders(parts: RunParts): AsyncGenerator<DueOrders> {
  const { plan, books, ledger, signal } = parts
  const turns = pace({ count: Infinity, intervalMs: plan.intervalMs, signal })
  const done = ledger.triedInRun(plan.runId)
  let index = 0
  let due = 0
  for await (const entry of readOrderFile(plan.file ?? '')) {
    if ('problems' in entry) {
      books.rejected(`${plan.file} line ${entry.line} is no order: ${entry.problems.join('; ')}`)
      continue
    }
    index += 1
    if (index <= done) continue
    if (due === 0) {
      const turn = await turns.next()
      if (turn.done === true) return
      due = turn.value.count
    }
    due -= 1
    yield [[index - 1, entry.order]]
  }
}
