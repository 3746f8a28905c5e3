import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { toolCommand } from '@orders/cluster/kafka-tools'
import { createKafka } from '@orders/platform/kafka/client'
import type { Bench } from './bench.ts'
import type { OddMessage } from '@orders/drills/faults/poison-kinds'

/** Sends messages as they are to partitions of a topic, without any of the project's care. */
export async function sendRaw(
  bench: Bench,
  messages: (OddMessage & { partition: number })[],
  topic = bench.topic,
): Promise<void> {
  const producer = createKafka({ clientId: 'raw', brokers: bench.brokers }).producer()
  try {
    await producer.connect()
    // One by one: the largest alone fill a request.
    for (const message of messages) await producer.send({ topic, messages: [message] })
  } finally {
    await producer.disconnect()
  }
}

/** Sends a text by Kafka's own producer, compressed, with a header that has no value. */
export async function sendByJava(bench: Bench, codec: string, key: string): Promise<void> {
  const options = ['parse.headers=true', 'parse.key=true', 'null.marker=NULL']
  const { command, args, env } = toolCommand(
    bench.settings,
    'console-producer',
    ['--topic', bench.topic, '--compression-codec', codec].concat(
      options.flatMap((option) => ['--reader-property', option]),
    ),
  )
  const child = spawn(command, args, { env, stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(`nothing:NULL,codec:${codec}\t${key}\tsent with ${codec}\n`)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the producer ended with ${code}`)
}
