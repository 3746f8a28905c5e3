import { BACKGROUND_COMMIT_MS } from './settings.mjs'

/** Messages that came and have not been handled, before the source is asked to wait. */
const WAITING_MAX = 4_000
const WAITING_MIN = 1_000

/**
 * Takes messages to Redis for a client that has no such loop of its own: one worker for all
 * partitions or one for each; each write is answered before the next, each commit as well.
 */
export class Workers {
  #mode
  #sink
  #commit
  #source
  #lines = new Map()
  #waiting = 0
  #isHeld = false
  #stored = new Map()
  #timer = null
  #fail

  /** `source` may have `hold` and `release`; `commit` takes the next offset of each partition. */
  constructor({ mode, sink, commit, source = {}, fail }) {
    this.#mode = mode
    this.#sink = sink
    this.#commit = commit
    this.#source = source
    this.#fail = fail
    if (mode.isBackground) {
      this.#timer = setInterval(() => void this.#commitStored().catch(fail), BACKGROUND_COMMIT_MS)
    }
  }

  /** Takes one message, `{ partition, offset, value }`. */
  push(message) {
    const line = this.#lineOf(message.partition)
    line.messages.push(message)
    this.#waiting += 1
    if (this.#waiting >= WAITING_MAX && !this.#isHeld) {
      this.#isHeld = true
      this.#source.hold?.()
    }
    if (!line.isBusy) void this.#work(line).catch(this.#fail)
  }

  /** Waits for what is under way, and commits in the background a last time. */
  async finish() {
    clearInterval(this.#timer)
    while ([...this.#lines.values()].some(({ isBusy }) => isBusy)) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await this.#commitStored()
  }

  #lineOf(partition) {
    const name = this.#mode.isPerPartition ? partition : 0
    let line = this.#lines.get(name)
    if (!line) this.#lines.set(name, (line = new Line()))
    return line
  }

  async #work(line) {
    const { size, isBackground } = this.#mode
    line.isBusy = true
    // The rest of what arrived in the same turn belongs to the same write.
    await Promise.resolve()
    while (line.length > 0) {
      const inHand = line.take(size - line.count)
      this.#left(inHand.length)
      await this.#sink.write(inHand.map(({ value }) => value))
      const offsets = isBackground ? this.#stored : line.offsets
      for (const { partition, offset } of inHand) offsets.set(partition, BigInt(offset) + 1n)
      if (isBackground) continue
      line.count += inHand.length
      if (line.count === size) {
        await this.#commit(line.offsets)
        line.offsets = new Map()
        line.count = 0
      }
    }
    line.isBusy = false
  }

  #left(count) {
    this.#waiting -= count
    if (!this.#isHeld || this.#waiting > WAITING_MIN) return
    this.#isHeld = false
    this.#source.release?.()
  }

  async #commitStored() {
    if (this.#stored.size === 0) return
    const offsets = this.#stored
    this.#stored = new Map()
    await this.#commit(offsets)
  }
}

/** What waits for one worker, and what it has collected since its last commit. */
class Line {
  messages = []
  count = 0
  offsets = new Map()
  isBusy = false
  #taken = 0

  get length() {
    return this.messages.length - this.#taken
  }

  take(count) {
    const taken = this.messages.slice(this.#taken, this.#taken + count)
    this.#taken += taken.length
    if (this.#taken > WAITING_MAX) {
      this.messages.splice(0, this.#taken)
      this.#taken = 0
    }
    return taken
  }
}
