import type { LedgerEvidence, LedgerOrder, Place } from './evidence.ts'
import { readJsonLines, type JsonLine } from './json-lines.ts'
import { contentOf, type OrderFields } from './order-digest.ts'
import { findOrderProblem } from './order-rules.ts'

/** Which runs of the producers count: those that sent to this topic of this cluster. */
export interface LedgerScope {
  clusterId: string
  topic: string
}

type Entry = Record<string, unknown>

/** So many lines are described; a ledger with more of them is no ledger. */
const UNREADABLE_MAX = 1_000

const NO_PLACE = 'says not where the order is'

/** Reads ledgers: what was ever said of each order that a run in scope has tried or settled. */
export async function readLedgers(files: string[], scope: LedgerScope): Promise<LedgerEvidence> {
  const orders = new Map<string, LedgerOrder>()
  const unreadable: LedgerEvidence['unreadable'] = []
  for (const [index, file] of files.entries()) {
    const account = new LedgerAccount(index, scope, orders)
    for await (const lines of readJsonLines(file)) {
      for (const line of lines) {
        const why = account.take(line)
        if (why === null || unreadable.length >= UNREADABLE_MAX) continue
        unreadable.push({ file, line: line.number, why })
      }
    }
  }
  return { files, orders, unreadable }
}

/** Takes the lines of one ledger in their order. */
class LedgerAccount {
  readonly #file: number
  readonly #scope: LedgerScope
  readonly #orders: Map<string, LedgerOrder>
  /** Tried in a run that does not count; a later run may send them where it counts. */
  readonly #elsewhere = new Map<string, LedgerOrder>()
  /** What a run calls refused, the next one sends again. */
  readonly #refused = new Set<LedgerOrder>()
  #isInScope = false
  #turn = 0

  constructor(file: number, scope: LedgerScope, orders: Map<string, LedgerOrder>) {
    this.#file = file
    this.#scope = scope
    this.#orders = orders
  }

  /** Takes a line, or says why it cannot be read. */
  take({ value, isTorn }: JsonLine): string | null {
    if (value === undefined) return isTorn ? null : 'is not JSON'
    const entry = Object(value) as Entry
    switch (entry['kind']) {
      case 'run':
        return this.#takeRun(entry)
      case 'tried':
        return this.#takeTried(entry['order'])
      case 'acknowledged':
      case 'refused':
      case 'unknown':
        return this.#takeOutcome(entry)
      case 'acknowledgedBatch':
        return this.#takeBatch(entry)
      default:
        return 'is of no known kind'
    }
  }

  #takeRun({ clusterId, topic }: Entry): string | null {
    if (typeof clusterId !== 'string' || typeof topic !== 'string') return 'says not where it sends'
    this.#isInScope = clusterId === this.#scope.clusterId && topic === this.#scope.topic
    if (!this.#isInScope) return null
    for (const order of this.#refused) order.isUnknown = true
    this.#refused.clear()
    return null
  }

  #takeTried(order: unknown): string | null {
    const problem = findOrderProblem(order)
    if (problem !== null) return `holds an order that is none: ${problem}`
    const content = contentOf(order as OrderFields)
    const turn = this.#turn
    this.#turn += 1
    const known = this.#find(content.orderId)
    if (known && known.digest !== content.digest) return `tells order ${content.orderId} anew`
    if (known) return null
    const place = this.#isInScope ? this.#orders : this.#elsewhere
    place.set(content.orderId, {
      ...content,
      file: this.#file,
      turn,
      acknowledged: [],
      isRefused: false,
      isUnknown: false,
    })
    return null
  }

  #takeOutcome({ kind, orderId, partition, offset }: Entry): string | null {
    const order = typeof orderId === 'string' ? this.#find(orderId) : undefined
    if (!order) return `is about an order that nobody has tried: ${String(orderId)}`
    const place = placeOf(partition, offset)
    if (kind === 'acknowledged' && !place) return NO_PLACE
    if (!this.#isInScope) return null
    this.#orders.set(order.orderId, order)
    this.#elsewhere.delete(order.orderId)
    if (kind === 'refused') {
      order.isRefused = true
      this.#refused.add(order)
    } else if (kind === 'unknown') order.isUnknown = true
    else if (place) order.acknowledged.push(place)
    return null
  }

  /** Many acknowledgements in one line. What it says of known orders counts, also beside others. */
  #takeBatch({ partition, baseOffset, orderIds }: Entry): string | null {
    if (!Array.isArray(orderIds) || orderIds.length === 0)
      return 'says not which orders it is about'
    const first = placeOf(partition, baseOffset)
    if (!first || !Number.isSafeInteger(first.offset + orderIds.length)) return NO_PLACE
    let why: string | null = null
    for (const [place, orderId] of orderIds.entries()) {
      const offset = String(first.offset + place)
      why = this.#takeOutcome({ kind: 'acknowledged', orderId, partition, offset }) ?? why
    }
    return why
  }

  #find(orderId: string): LedgerOrder | undefined {
    return this.#orders.get(orderId) ?? this.#elsewhere.get(orderId)
  }
}

function placeOf(partition: unknown, offset: unknown): Place | null {
  if (!Number.isSafeInteger(partition) || Number(partition) < 0) return null
  if (typeof offset !== 'string' || !/^\d+$/.test(offset)) return null
  const place = { partition: Number(partition), offset: Number(offset) }
  return Number.isSafeInteger(place.offset) ? place : null
}
