import { readLedger } from '@orders/platform/ledger'

/** The ids of all orders that a ledger calls acknowledged. */
export async function readAcknowledged(ledgerFile: string): Promise<Set<string>> {
  const acknowledged = new Set<string>()
  for await (const entry of readLedger(ledgerFile)) {
    if (entry.kind === 'acknowledged') acknowledged.add(entry.orderId)
  }
  return acknowledged
}
