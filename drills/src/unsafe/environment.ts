import {
  armFaultPoint,
  CONSUMER_FAULT_POINTS,
  parseFaultPlan,
  type PassPoint,
} from '@orders/platform/fault-point'
import { createKafka, type KafkaClient } from '@orders/platform/kafka/client'
import { UserError } from '@orders/platform/user-error'

/** Reads a variable that has no default; these programs are started by a drill only. */
export function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new UserError(`${name} is not set: this program is for \`npm run compare\``)
  return value
}

/** Builds the client library's own client, as these programs use it directly. */
export function openKafka(clientId: string): KafkaClient {
  return createKafka({ clientId, brokers: need('KAFKA_BROKERS').split(',') })
}

/** Arms the crash that a drill has ordered, by the same names as in the two real consumers. */
export function readFaultPoint(): PassPoint {
  const text = process.env['FAULT_POINT']
  if (!text) return armFaultPoint(undefined)
  const plan = parseFaultPlan(text, CONSUMER_FAULT_POINTS)
  if (!plan) throw new UserError(`FAULT_POINT="${text}" must be such as before-write:1:kill`)
  return armFaultPoint(plan)
}
