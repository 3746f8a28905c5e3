import type { Order } from '@orders/schemas/order'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerEntry, WrittenEntry } from './ledger-format.ts'
import { applyEntry, emptyLedgerState } from './ledger-state.ts'

function order(id: number): Order {
  return { orderId: `order-${id}` } as Order
}

function stateAfter(entries: WrittenEntry[]) {
  const state = emptyLedgerState()
  for (const entry of entries) applyEntry(state, entry)
  return state
}

type Step = ['tried' | 'acknowledged' | 'refused' | 'unknown', number]
const kinds = fc.constantFrom<Step[0]>('tried', 'tried', 'acknowledged', 'refused', 'unknown')
const steps = fc.array(fc.tuple(kinds, fc.nat(8)), { maxLength: 60 })

function entryOf([kind, id]: Step): LedgerEntry {
  const { orderId } = order(id)
  if (kind === 'tried') return { kind, runId: 'run', index: id, order: order(id) }
  if (kind === 'acknowledged') return { kind, orderId, partition: 0, offset: '1' }
  return { kind, orderId, reason: 'because' }
}

/** The rule in other words: of each order its first try since its last acknowledgement. */
function owed(all: Step[]): string[] {
  return all
    .filter(([kind, id], at) => {
      const acknowledged = all.findLastIndex((s) => s[1] === id && s[0] === 'acknowledged')
      const since = all.slice(acknowledged + 1, at)
      const isFirst = !since.some((step) => step[1] === id && step[0] === 'tried')
      return kind === 'tried' && at > acknowledged && isFirst
    })
    .map(([, id]) => order(id).orderId)
}

describe('applyEntry', () => {
  it('owes what was tried and not acknowledged since, in the order of the tries', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { outstanding } = stateAfter(all.map(entryOf))
        expect([...outstanding.keys()]).toEqual(owed(all))
      }),
    )
  })

  it('owes nothing of a batch that was acknowledged', () => {
    const all: Step[] = [1, 2, 3].map((id) => ['tried', id])
    const orderIds = [1, 3].map((id) => order(id).orderId)
    const { outstanding } = stateAfter([
      ...all.map(entryOf),
      { kind: 'acknowledgedBatch', partition: 0, baseOffset: '1', orderIds },
    ])
    expect([...outstanding.keys()]).toEqual([order(2).orderId])
  })

  it('knows how far each run has come, whatever the order of its entries', () => {
    const places = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.option(fc.nat(50))))
    fc.assert(
      fc.property(places, (all) => {
        const entries = all.map(([runId, index]): LedgerEntry => ({
          kind: 'tried',
          runId,
          index,
          order: order(1),
        }))
        const { triedInRun } = stateAfter(entries)
        for (const run of ['a', 'b']) {
          const indexes = all.filter(([runId]) => runId === run).map(([, index]) => index ?? -1)
          expect(triedInRun.get(run) ?? 0).toBe(Math.max(-1, ...indexes) + 1)
        }
      }),
    )
  })

  it('keeps the last run', () => {
    const run = { kind: 'run', at: '', clusterId: '', topic: '', seed: null } as const
    const { lastRun } = stateAfter([
      { ...run, runId: 'first' },
      { ...run, runId: 'second' },
    ])
    expect(lastRun?.runId).toBe('second')
  })
})
