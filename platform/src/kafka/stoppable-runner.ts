import { createRequire } from 'node:module'

/** What is needed of the class in the client library that reads for a consumer. */
interface Runner {
  running: boolean
  fetchManager: { stop(): Promise<void> }
  fetch(nodeId: number): Promise<unknown[]>
}

const require = createRequire(import.meta.url)

/**
 * Lets a consumer of kafkajs 2.2.4 stop while the leaders of its partitions change. Its fetchers are
 * made anew then, also after it was told to stop, and ask again and again without a pause: no timer
 * and no signal handler of the process ever gets its turn. Now they are stopped as well.
 */
export function makeRunnerStoppable({ prototype }: { prototype: Runner }): void {
  const { fetch } = prototype
  prototype.fetch = function (nodeId) {
    if (this.running) return fetch.call(this, nodeId)
    void this.fetchManager.stop()
    return Promise.resolve([])
  }
}

makeRunnerStoppable(require('kafkajs/src/consumer/runner.js') as { prototype: Runner })
