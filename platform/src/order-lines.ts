import { LineLimiter, type Logger } from './logger.ts'
import type { PlacedOrder } from './order-store.ts'

/** Tells, a line an order, what a person wants to follow; a flood of orders becomes a count. */
export class OrderLines {
  readonly #log: Logger
  readonly #limiter: LineLimiter

  constructor(log: Logger) {
    this.#log = log
    this.#limiter = new LineLimiter((count) => log.info(`… and ${count} lines more in a second`))
  }

  /** Tells that an order is in Redis; `suffix` says what else came of it. */
  stored(partition: number, placed: PlacedOrder & { deliveries: number }, suffix = ''): void {
    if (!this.#admits()) return
    const { order, offset, deliveries } = placed
    const again = deliveries > 1 ? ` again (delivery ${deliveries}, kept once)` : ''
    this.#log.info(
      { orderId: order.orderId, partition, offset: String(offset), deliveries },
      `stored ${order.orderId}${again} partition ${partition} offset ${offset}, ` +
        `${order.customerName}, ${price(order.totalCents)} ${order.currency}${suffix}`,
    )
  }

  /** Tells anything else, within the same limit; a line that is left out is not even made. */
  say(line: () => string): void {
    if (this.#admits()) this.#log.info(line())
  }

  /** Says that so many lines would all be left out, and counts them; then none has to be made. */
  leavesOut(count: number): boolean {
    return this.#limiter.skip(Date.now(), count)
  }

  #admits(): boolean {
    return this.#limiter.admit(Date.now())
  }
}

function price(cents: number): string {
  return (cents / 100).toFixed(2)
}
