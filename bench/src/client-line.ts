import { z } from 'zod'

const shape = z.object({
  orders: z.int().positive(),
  seconds: z.number().positive(),
  startedAtMs: z.number().positive(),
  endedAtMs: z.number().positive(),
  cpuUserSeconds: z.number().nonnegative(),
  cpuSystemSeconds: z.number().nonnegative(),
  maxRssMb: z.number().positive(),
  versions: z.record(z.string(), z.string()),
})

/** What another client says of its run. */
export type ClientLine = z.output<typeof shape>

/** Reads the one line of JSON of a client; throws with what is wrong about it. */
export function parseClientLine(output: string): ClientLine {
  const line = output.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error('it printed no line of JSON')
  const read = shape.safeParse(JSON.parse(line))
  if (read.success) return read.data
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`its line of JSON is not as agreed: ${problems.join('; ')}`)
}
