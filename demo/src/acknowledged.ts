import { readLedger } from '@orders/platform/ledger'

/** Which of the acknowledgements count. */
export interface LedgerScope {
  clusterId: string
  topic: string
  runId: string
}

/** What a ledger says of one cluster. */
export interface LedgerFacts {
  acknowledged: Set<string>
  acknowledgedNow: number
  outstanding: number
}

/** Reads which orders were acknowledged on this cluster and topic, and how many were not at all. */
export async function readAcknowledged(file: string, scope: LedgerScope): Promise<LedgerFacts> {
  const acknowledged = new Set<string>()
  const outstanding = new Set<string>()
  let inScope = false
  let isNow = false
  let acknowledgedNow = 0
  for await (const entry of readLedger(file)) {
    switch (entry.kind) {
      case 'run':
        inScope = entry.clusterId === scope.clusterId && entry.topic === scope.topic
        isNow = entry.runId === scope.runId
        break
      case 'tried':
        outstanding.add(entry.order.orderId)
        break
      case 'acknowledged':
        outstanding.delete(entry.orderId)
        if (isNow && inScope && !acknowledged.has(entry.orderId)) acknowledgedNow += 1
        if (inScope) acknowledged.add(entry.orderId)
        break
      case 'refused':
      case 'unknown':
        break
    }
  }
  return { acknowledged, acknowledgedNow, outstanding: outstanding.size }
}
