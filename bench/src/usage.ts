/** CPU seconds since the start of each process, at one moment. */
export interface UsageSample {
  atMs: number
  client: number | null
  brokers: number | null
  redis: number | null
}

/** CPU seconds that were used in some stretch of time; null where it is not known. */
export type CpuSeconds = Omit<UsageSample, 'atMs'>

/** A stretch of time, in ms since 1970. */
export interface Window {
  fromMs: number
  toMs: number
}

/** The CPU seconds of a window, by drawing lines between the samples around its two ends. */
export function usageBetween(
  samples: readonly UsageSample[],
  { fromMs, toMs }: Window,
): CpuSeconds {
  const used = (of: keyof CpuSeconds): number | null => {
    const known = samples.flatMap(({ atMs, [of]: value }) =>
      value === null ? [] : { atMs, value },
    )
    const [from, to] = [valueAt(known, fromMs), valueAt(known, toMs)]
    return from === null || to === null ? null : to - from
  }
  return { client: used('client'), brokers: used('brokers'), redis: used('redis') }
}

interface Point {
  atMs: number
  value: number
}

/** Before the first sample and after the last one nothing is known: theirs are the nearest. */
function valueAt(points: readonly Point[], atMs: number): number | null {
  const next = points.findIndex((point) => point.atMs >= atMs)
  const after = points[next] ?? points.at(-1)
  const before = points[next - 1] ?? after
  if (!after || !before) return null
  if (after.atMs === before.atMs) return after.value
  const share = Math.min((atMs - before.atMs) / (after.atMs - before.atMs), 1)
  return before.value + share * (after.value - before.value)
}
