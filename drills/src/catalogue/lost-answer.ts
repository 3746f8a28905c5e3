import type { Arena, Drill, Injection } from '../drill.ts'
import { timed, wait } from '../faults/injection.ts'
import type { Random } from '../random.ts'

const AT_ONCE_MAX = 6
const WAIT_LIMIT_MS = 5_000
const LOOK_MS = 20

/** Answers of brokers that the producer never receives. */
export const lostAnswerDrills: Drill[] = [
  {
    name: 'lost-produce-answer',
    fault: 'F7',
    title: 'A broker writes orders, and the connection breaks as its answer arrives.',
    expect:
      'The same orders go first again, through a new producer; none is lost, effects stay one.',
    injections: { smoke: 5, nightly: 20, release: 70 },
    recoverWithinMs: 30_000,
    gapWithinMs: 10_000,
    inject,
  },
]

async function inject(arena: Arena, random: Random): Promise<Injection> {
  const count = random.whole(1, AT_ONCE_MAX)
  await wait(arena, random.whole(0, 500))
  const { kafka } = arena.links
  const before = kafka.lost.length
  return timed(`the next ${count} answers to produce requests are lost`, async () => {
    kafka.loseProduceAnswers(count, arena.topic)
    const end = Date.now() + WAIT_LIMIT_MS
    while (kafka.lost.length < before + count && Date.now() < end) await wait(arena, LOOK_MS)
    kafka.loseProduceAnswers(0)
    const lost = kafka.lost.slice(before)
    if (lost.length === 0) return null
    const orders = lost.reduce((sum, { records }) => sum + records, 0)
    const inFlight = Math.max(...lost.map((answer) => answer.inFlight))
    return `${lost.length} answers about ${orders} orders lost, up to ${inFlight} requests in flight`
  })
}
