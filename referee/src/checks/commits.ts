import type { CommitRecord, ConsumerEvidence, ProcessTrace } from '../evidence.ts'
import { Findings, conclude, notJudged, type Case } from '../findings.ts'
import { CLOCK_MARGIN_MS } from '../resumed.ts'
import { readSteps } from '../steps.ts'
import type { CheckResult } from '../verdict.ts'

const TITLE = 'only the owner commits, and no commit goes back'

/** C6: the history of commits, and whose they were. */
export function checkCommits({ evidence, resumed }: Case): CheckResult {
  const { consumers, circumstances } = evidence
  const findings = new Findings()
  const counts = { records: 0, commits: 0, judged: 0 }
  for (const consumer of consumers) {
    const { name, groupId, commits, traces } = consumer
    if (commits && circumstances.movedGroups.includes(groupId)) {
      findings.remark(`${name}: somebody from outside has moved its commits`)
    } else if (commits && circumstances.redisLost && !traces) {
      findings.remark(`${name}: Redis has lost writes, and no trace says how far commits went back`)
    } else if (commits) {
      checkNoneGoesBack(consumer, commits, resumed, findings)
      counts.records += commits.length
      counts.judged += 1
    }
    if (!traces) continue
    counts.judged += 1
    for (const trace of traces) counts.commits += checkOwner(name, trace, findings)
  }
  if (counts.judged === 0) {
    return notJudged('C6', TITLE, 'neither history nor traces were read', findings.remarks)
  }
  const compared = `${counts.records} records of the brokers, ${counts.commits} commits in traces`
  return conclude('C6', TITLE, findings, compared)
}

function checkNoneGoesBack(
  { name, traces }: ConsumerEvidence,
  commits: CommitRecord[],
  resumed: ReadonlyMap<CommitRecord, number>,
  findings: Findings,
): void {
  const latest = new Map<number, CommitRecord>()
  let excused = 0
  for (const record of commits) {
    const { partition, offset } = record
    const before = latest.get(partition)
    latest.set(partition, record)
    if (!before || before.offset <= offset || resumed.has(record)) continue
    if (traces && wasRewound(traces, before, record)) excused += 1
    else {
      const what =
        `${name}: the commit of partition ${partition} went back ` +
        `from ${before.offset} to ${offset}`
      findings.violate(what, { partition, offset })
    }
  }
  const toldOlder = commits.filter((record) => resumed.has(record)).length
  findings.remarkCount(toldOlder, `times ${name} was told an older commit than its last`)
  findings.remarkCount(excused, `commits of ${name} went back because Redis had lost writes`)
}

/** Going back is rare, so every time all traces may be looked through. */
function wasRewound(traces: ProcessTrace[], before: CommitRecord, after: CommitRecord): boolean {
  return traces.some(({ events }) =>
    events.some(
      (event) =>
        event.event === 'rewound' &&
        event.partition === after.partition &&
        event.offset <= after.offset &&
        event.at >= before.at - CLOCK_MARGIN_MS &&
        event.at <= after.at + CLOCK_MARGIN_MS,
    ),
  )
}

/** Every commit names only partitions that the process owned. */
function checkOwner(name: string, trace: ProcessTrace, findings: Findings): number {
  let commits = 0
  let late = 0
  for (const { event, owned, isLate } of readSteps(trace)) {
    if (event.event !== 'committed') continue
    commits += 1
    // Asked for before the change was known, answered after: the broker still took it as the owner.
    if (isLate && event.isLate) late += 1
    for (const [id, offset] of Object.entries(event.offsets)) {
      const partition = Number(id)
      if (owned.has(partition)) continue
      const what =
        `${name}: ${trace.file} has committed partition ${partition} up to ${offset} ` +
        'without owning it'
      findings.violate(what, { partition, offset })
    }
  }
  findings.remarkCount(late, `commits of ${name} were confirmed while the group was changing`)
  return commits
}
