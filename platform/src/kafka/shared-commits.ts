/** Sends one commit request: the next offset of each partition. */
export type SendCommit = (nextOffsets: ReadonlyMap<number, bigint>) => Promise<void>

interface Request {
  offsets: Map<number, bigint>
  send: SendCommit
  /** Settle those who wait for this request. */
  settle: { resolve: () => void; reject: (why: unknown) => void }[]
}

/**
 * Lets workers of one member share commit requests: what falls due while a request is out goes
 * with the next one, and each worker still waits for the answer to its own. A request costs the
 * coordinator's broker the same whether it names one partition or fifty (about 0.8 ms measured), so
 * this is what decides how fast a group can commit. The offsets stay those that were asked for.
 */
export class SharedCommits {
  #isOut = false
  #next: Request | null = null
  #ended: Error | null = null

  /** Resolves when these offsets are committed; the first who asks for a request sends it. */
  commit(nextOffsets: ReadonlyMap<number, bigint>, send: SendCommit): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    const request: Request = (this.#next ??= { offsets: new Map(), send, settle: [] })
    for (const [partition, offset] of nextOffsets) request.offsets.set(partition, offset)
    const settled = new Promise<void>((resolve, reject) => {
      request.settle.push({ resolve, reject })
    })
    if (!this.#isOut) void this.#sendAll()
    return settled
  }

  /** Refuses what has not been sent, and all that comes: after a change of the group it is void. */
  end(why: Error): void {
    this.#ended = why
    for (const { reject } of this.#next?.settle ?? []) reject(why)
    this.#next = null
  }

  async #sendAll(): Promise<void> {
    this.#isOut = true
    for (let request = this.#next; request; request = this.#next) {
      this.#next = null
      await answer(request)
    }
    this.#isOut = false
  }
}

async function answer({ offsets, send, settle }: Request): Promise<void> {
  try {
    await send(offsets)
    for (const { resolve } of settle) resolve()
  } catch (error) {
    for (const { reject } of settle) reject(error)
  }
}
