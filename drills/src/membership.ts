import type { Service } from './service.ts'

const JOINED = /joined the group: partitions ([\d, ]+|none)/

/** The partitions that a member was given last, as it says; none before it has joined. */
export function partitionsOf(member: Pick<Service, 'lines'>): number[] {
  const line = member.lines.findLast((text) => JOINED.test(text)) ?? ''
  const list = JOINED.exec(line)?.[1] ?? ''
  return (list.match(/\d+/g) ?? []).map(Number)
}

/** Whether all of these have joined and share so many partitions, each owned by exactly one. */
export function areShared(members: Pick<Service, 'lines'>[], partitions: number): boolean {
  // Until the last of them comes, the first may own everything: a rebalance is still ahead.
  if (!members.every(({ lines }) => lines.some((line) => JOINED.test(line)))) return false
  const owned = members.flatMap(partitionsOf).sort((a, b) => a - b)
  return owned.length === partitions && owned.every((partition, index) => partition === index)
}
