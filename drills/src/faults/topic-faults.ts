import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Arena, Injection } from '../drill.ts'
import { until } from '../until.ts'
import { sendTo } from './poison.ts'
import { timed } from './injection.ts'
import { Notes, complaints, takeInTurn } from './notes.ts'
import { CONSUMERS } from './services.ts'
import { SidePipeline } from './side-pipeline.ts'

const ORDERS = 60
const MORE_ORDERS = 40
const PARTITION = 2
const LETTER_LIMIT_MS = 60_000
/** What a consumer may say of a log that holds less than Redis knows. */
const ANEW = /was deleted and made again/
const GONE = /no longer on the log/
const MOVED = /moved the group|offsets expired/

const turns = new Notes<{ count: number }>(() => ({ count: 0 }))

/** A topic is deleted and made again under the same name, with other orders at the same offsets. */
export async function makeAnew(arena: Arena): Promise<Injection> {
  const isRunning =
    takeInTurn(arena, 'state of the consumers', ['running', 'stopped']) === 'running'
  const side = nextSide(arena)
  const state = isRunning ? 'run' : 'are stopped'
  return timed(`a topic is made anew while its consumers ${state}`, () =>
    withSide(side, async () => {
      await side.makeTopic()
      await sendTo(arena, side.topic, PARTITION, { key: null, value: Buffer.from('bad, at first') })
      const first = await side.produce(ORDERS)
      side.startConsumers()
      await side.untilStored(first.keys())
      await untilLetters(arena, side, 1)
      if (!isRunning) await side.stopConsumers()
      await arena.brokers.deleteTopics([side.topic])
      await side.makeTopic()
      await sendTo(arena, side.topic, PARTITION, { key: null, value: Buffer.from('bad, later') })
      const second = await side.produce(MORE_ORDERS)
      if (!isRunning) side.startConsumers()
      await expectWithin(arena, 'orders of the topic made anew are missing', () =>
        side.untilStored(second.keys()),
      )
      await expectWithin(arena, 'the bad message of the topic made anew is no dead letter', () =>
        untilLetters(arena, side, 2),
      )
      return tellLoud(arena, side, ANEW)
    }),
  )
}

/** What a consumer has not read yet is deleted while it is down, as when the retention passes. */
export async function passRetention(arena: Arena): Promise<Injection> {
  const side = nextSide(arena)
  return timed('the log begins after what the consumers had read', () =>
    withSide(side, async () => {
      await side.makeTopic()
      const first = await side.produce(ORDERS)
      side.startConsumers()
      await side.untilStored(first.keys())
      await side.stopConsumers()
      await side.produce(MORE_ORDERS)
      const ends = await side.ask((admin) => admin.fetchRanges(side.topic))
      const lost = ends.map(({ partition, high }) => ({
        topic: side.topic,
        partition,
        offset: Number(high),
      }))
      await deleteBefore(arena, lost)
      const kept = await side.produce(MORE_ORDERS)
      side.startConsumers()
      await expectWithin(arena, 'orders that are still on the log are missing', () =>
        side.untilStored(kept.keys()),
      )
      return tellLoud(arena, side, GONE)
    }),
  )
}

/** The offsets of both groups are deleted while they are down. */
export async function forgetOffsets(arena: Arena): Promise<Injection> {
  const side = nextSide(arena)
  return timed('the groups are deleted while they are down', () =>
    withSide(side, async () => {
      await side.makeTopic()
      const first = await side.produce(ORDERS)
      side.startConsumers()
      await side.untilStored(first.keys())
      await side.stopConsumers()
      const groups = CONSUMERS.map((name) => side.groupOf(name))
      await side.ask((admin) => admin.deleteGroups(groups))
      const second = await side.produce(MORE_ORDERS)
      side.startConsumers()
      await expectWithin(arena, 'orders are missing after the groups were deleted', () =>
        side.untilStored(second.keys()),
      )
      for (const name of CONSUMERS) {
        const count = await side.countStored(name)
        const want = first.size + second.size
        if (count !== want) complaints.of(arena).push(`${name} counts ${count} of ${want} orders`)
      }
      return `${first.size} orders came again; ${tellLoud(arena, side, MOVED)}`
    }),
  )
}

function nextSide(arena: Arena): SidePipeline {
  const turn = turns.of(arena)
  turn.count += 1
  return new SidePipeline(arena, turn.count)
}

async function withSide<T>(side: SidePipeline, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } finally {
    await side.dispose()
  }
}

async function untilLetters(arena: Arena, side: SidePipeline, count: number): Promise<void> {
  const { signal } = arena
  const what = `${count} bad messages are on ${side.dlqTopic}`
  await until({ what, limitMs: LETTER_LIMIT_MS, signal }, async () => {
    return (await side.countDeadLetters()) >= count
  })
}

/** What does not come in time is a broken promise, not a drill that could not be done. */
async function expectWithin(arena: Arena, what: string, come: () => Promise<void>): Promise<void> {
  try {
    await come()
  } catch (error) {
    arena.signal.throwIfAborted()
    complaints.of(arena).push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function tellLoud(arena: Arena, side: SidePipeline, pattern: RegExp): string {
  const loud = side.loudLines()
  const line = loud.find((each) => pattern.test(each))
  if (line !== undefined) return `a consumer said «${line}»`
  const said = loud.length > 0 ? `only «${loud.slice(0, 3).join('», «')}»` : 'nothing'
  complaints.of(arena).push(`no loud line about what was done to ${side.topic}: ${said}`)
  return 'nobody said a word'
}

async function deleteBefore(
  arena: Arena,
  partitions: { topic: string; partition: number; offset: number }[],
): Promise<void> {
  const file = join(arena.folder, 'delete-records.json')
  writeFileSync(file, JSON.stringify({ version: 1, partitions }))
  await arena.brokers.runTool('delete-records', ['--offset-json-file', file])
}
