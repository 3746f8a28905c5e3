/** Records a second out of the last line of Kafka's producer-perf-test; throws when it is not there. */
export function parsePerfTest(output: string): number {
  const totals = [...output.matchAll(/^\d+ records sent, ([\d.]+) records\/sec.*99\.9th/gm)]
  return asRate(totals.at(-1)?.[1], output)
}

/** Requests a second out of what `redis-benchmark --csv` prints; throws when it is not there. */
export function parseRedisBenchmark(output: string): number {
  return asRate(/^"SET","([\d.]+)"/m.exec(output)?.[1], output)
}

const SHOWN_MAX = 200

function asRate(text: string | undefined, output: string): number {
  const rate = Number(text)
  if (rate > 0) return rate
  throw new Error(`no rate in what it printed: ${output.trim().slice(-SHOWN_MAX)}`)
}
