import { ordersTopic } from '@orders/platform/kafka/topics'
import { Registry } from '@orders/platform/schema-registry'
import { orderSchemaText } from '@orders/schemas/order-avro'
import { askKafka, type Bench } from './bench.ts'

/** Makes the topic of a bench and registers the schema, as a producer does; the id of the schema. */
export async function prepareTopic(bench: Bench): Promise<number> {
  await askKafka(bench, (admin) => admin.ensureTopic(ordersTopic(bench.topic)))
  return new Registry(bench.registryUrl).register(`${bench.topic}-value`, orderSchemaText)
}
