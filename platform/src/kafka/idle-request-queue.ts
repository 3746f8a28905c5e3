import { createRequire } from 'node:module'

/** What is needed of the class in the client library that keeps the requests of a connection. */
interface RequestQueue {
  readonly pending: readonly unknown[]
  /** In ms since 1970. */
  readonly throttledUntil: number
  scheduleCheckPendingRequests(): void
}

const require = createRequire(import.meta.url)

/**
 * Spares a timer for every answer of a broker. kafkajs 2.2.4 looks a millisecond after each whether
 * a request waits, also when none does; with an answer every millisecond, as where every order is
 * committed, the process is woken once more an order for nothing. Who puts a request into the queue
 * asks for such a look by itself.
 */
export function spareIdleLooks({ prototype }: { prototype: RequestQueue }): void {
  const { scheduleCheckPendingRequests } = prototype
  prototype.scheduleCheckPendingRequests = function () {
    const isIdle = this.pending.length === 0 && this.throttledUntil <= Date.now()
    if (!isIdle) scheduleCheckPendingRequests.call(this)
  }
}

spareIdleLooks(require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue })
