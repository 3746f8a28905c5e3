/** How many orders of a run are where. A value; every change makes a new one. */
export interface Account {
  /** In the ledger, and so on their way. */
  tried: number
  acknowledged: number
  /** Certainly not on the log. */
  refused: number
  /** Failed as often as they may, and perhaps on the log nevertheless. */
  unknown: number
  /** Not even in the ledger: the disk did not take them, or they were no orders. */
  rejected: number
  /** Acknowledged orders of each partition. */
  partitions: ReadonlyMap<number, number>
}

/** Orders that are in the ledger but not acknowledged: the next start sends them first. */
export function unsent({ tried, acknowledged }: Account): number {
  return tried - acknowledged
}

/** Only when each order was acknowledged is a run a success. */
export function isComplete(account: Account): boolean {
  return unsent(account) === 0 && account.rejected === 0
}

/** The line that a person watches while orders are on their way. */
export function progressText(account: Account, elapsedMs: number): string {
  const failed = account.refused + account.unknown + account.rejected
  return (
    `sent ${account.tried}  acknowledged ${account.acknowledged}  failed ${failed}  ` +
    `${rateText(account.acknowledged, elapsedMs)}`
  )
}

/** The lines at the end of a run. */
export function summaryLines(account: Account, elapsedMs: number): string[] {
  const { acknowledged, tried, refused, unknown, rejected, partitions } = account
  const spread = [...partitions].sort(([a], [b]) => a - b)
  const lines = [
    `${acknowledged} of ${tried} orders acknowledged in ${(elapsedMs / 1_000).toFixed(1)} s, ` +
      rateText(acknowledged, elapsedMs),
  ]
  if (spread.length > 0) {
    const places = spread.map(([partition, count]) => `${partition}: ${count}`)
    lines.push(`by partition ${places.join(', ')}`)
  }
  if (unsent(account) > 0) {
    lines.push(
      `${unsent(account)} not acknowledged (${refused} refused, ${unknown} unknown): ` +
        'they are in the ledger, and the next start sends them first',
    )
  }
  if (rejected > 0) lines.push(`${rejected} never sent: see the lines above`)
  return lines
}

function rateText(count: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (count * 1_000) / elapsedMs : 0
  return `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)}/s`
}
