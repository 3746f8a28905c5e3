import type { ClusterSettings } from '@orders/cluster/settings'
import { describeError } from '@orders/platform/user-error'
import { homeOf, parseCommit } from './commit-record.ts'
import { CouldNotJudge } from './could-not-judge.ts'
import type { CommitRecord } from './evidence.ts'
import type { RawRecord } from './record-line.ts'
import { dumpTopic } from './topic-dump.ts'
import type { Ranges } from './topic-offsets.ts'

/** The topic in which the brokers keep what groups have committed. */
export const COMMITS_TOPIC = '__consumer_offsets'

/** The commits of one group on one topic. */
export interface CommitHistory {
  /** What holds at the end. */
  committed: Map<number, number>
  /** Every commit in the order of the brokers; null when they have thrown old ones away. */
  commits: CommitRecord[] | null
}

/** Reads all that the groups have ever committed on a topic, up to the given ends. */
export async function readCommits(
  settings: ClusterSettings,
  ranges: Ranges | null,
  topic: string,
  groups: string[],
): Promise<Map<string, CommitHistory>> {
  const histories = new Map(groups.map((group) => [group, new HistoryBuilder()]))
  // Nobody has ever committed anything where the brokers have no such topic.
  const homes: Ranges = ranges ? homesOf(groups, ranges) : new Map()
  const read = new Map<number, number>()
  await dumpTopic(settings, COMMITS_TOPIC, homes, (record) => {
    read.set(record.partition, (read.get(record.partition) ?? 0) + 1)
    const entry = parse(record)
    if (entry?.topic === topic) histories.get(entry.group)?.take(entry.partition, entry.commit)
  })
  const isWhole = [...homes].every(([home, { end }]) => (read.get(home) ?? 0) === end)
  return new Map([...histories].map(([group, builder]) => [group, builder.build(isWhole)]))
}

/** Where the groups have their commits. */
export function homesOf(groups: string[], ranges: Ranges): Ranges {
  const homes = new Set(groups.map((group) => homeOf(group, ranges.size)))
  return new Map([...ranges].filter(([partition]) => homes.has(partition)))
}

/** Puts the history of one group together. */
export class HistoryBuilder {
  #commits: CommitRecord[] = []
  readonly #committed = new Map<number, number>()

  /** Takes the next record; a commit that is null has been taken away. */
  take(partition: number, commit: { offset: number; at: number } | null): void {
    if (commit) {
      this.#commits.push({ partition, ...commit })
      this.#committed.set(partition, commit.offset)
      return
    }
    // The topic was deleted: one that has its name afterwards begins a history of its own.
    this.#commits = this.#commits.filter((record) => record.partition !== partition)
    this.#committed.delete(partition)
  }

  /** What is known; the history only where none of it was thrown away. */
  build(isWhole: boolean): CommitHistory {
    return { committed: this.#committed, commits: isWhole ? this.#commits : null }
  }
}

function parse({ key, value, partition, offset }: RawRecord) {
  try {
    return parseCommit(key, value)
  } catch (error) {
    const place = `${COMMITS_TOPIC}, partition ${partition}, offset ${offset}`
    throw new CouldNotJudge(`${place}: ${describeError(error)}`)
  }
}
