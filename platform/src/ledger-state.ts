import type { Order } from '@orders/schemas/order'
import type { RunEntry, WrittenEntry } from './ledger-format.ts'

/** What a ledger says so far. Its size follows what is outstanding, not what was ever tried. */
export interface LedgerState {
  /** By order id, in the order in which they were tried: everything not acknowledged since. */
  outstanding: Map<string, Order>
  /** For each run the highest index tried, plus one. */
  triedInRun: Map<string, number>
  lastRun: RunEntry | null
}

/** A ledger without entries. */
export function emptyLedgerState(): LedgerState {
  return { outstanding: new Map(), triedInRun: new Map(), lastRun: null }
}

/**
 * Takes an entry into the state, in place. Only an acknowledgement settles an order: one that was
 * refused, or of which no answer came, is still owed. One that is tried again keeps its place.
 */
export function applyEntry(state: LedgerState, entry: WrittenEntry): void {
  switch (entry.kind) {
    case 'run':
      state.lastRun = entry
      return
    case 'tried':
      state.outstanding.set(entry.order.orderId, entry.order)
      countTried(state, entry.runId, entry.index)
      return
    case 'acknowledged':
      state.outstanding.delete(entry.orderId)
      return
    case 'acknowledgedBatch':
      for (const orderId of entry.orderIds) state.outstanding.delete(orderId)
      return
    case 'refused':
    case 'unknown':
      return
  }
}

function countTried({ triedInRun }: LedgerState, runId: string, index: number | null): void {
  if (index === null) return
  triedInRun.set(runId, Math.max(triedInRun.get(runId) ?? 0, index + 1))
}
