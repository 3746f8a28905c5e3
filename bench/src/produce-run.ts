import { startOurProducer, startPeerProducer, type RunningClient, type Sending } from './clients.ts'
import type { Lab } from './lab.ts'
import type { MadeOrders } from './made-orders.ts'
import type { Measure } from './result.ts'
import type { Row } from './rows.ts'
import { countRecords, forgetTopic, makeTopic } from './topics.ts'
import { watchClient } from './watch-client.ts'

/** One run of a row. */
export interface RunPlan {
  /** Names topic, group and files; unique within a bench. */
  label: string
  row: Row
  orders: number
  made: MadeOrders
}

/** Lets a producer send orders to a new topic, and counts whether all of them are there. */
export async function measureProducing(lab: Lab, plan: RunPlan): Promise<Measure> {
  const { label, orders, made } = plan
  const topic = `bench-${label}`
  await makeTopic(lab, topic)
  const sending = { label, topic, orders, source: made.source, rate: 0 }
  const client = startProducer(lab, plan, sending)
  const measure = await watchClient(lab, client, { what: `${label} is done`, orders })
  const found = await countRecords(lab, topic)
  if (found !== orders) throw new Error(`${found} of ${orders} orders are on the topic`)
  await forgetTopic(lab, topic)
  return measure
}

/** Starts the producer of a row. */
export function startProducer(lab: Lab, { row }: RunPlan, sending: Sending): RunningClient {
  const { program } = row
  if (program.kind === 'client') return startPeerProducer(lab, program.client, sending)
  if (program.kind !== 'service') throw new Error(`${row.name} is no producer`)
  // Where a consumer is measured, our producer has the settings that it always has.
  const env = program.service === 'producer' ? program.env : (row.producerEnv ?? {})
  return startOurProducer(lab, 'producer', env, sending)
}
