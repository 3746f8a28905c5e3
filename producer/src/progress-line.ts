import { clearLine, cursorTo } from 'node:readline'
import type { WriteStream } from 'node:tty'

const REDRAW_MS = 100

/** One line at the foot of a terminal that is redrawn in place; other output goes above it. */
export class ProgressLine {
  readonly #terminal: WriteStream
  readonly #text: () => string
  readonly #timer: NodeJS.Timeout
  #drawn = false

  constructor(terminal: WriteStream, text: () => string) {
    this.#terminal = terminal
    this.#text = text
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref()
  }

  /** Writes a line of the log above the progress. */
  write(chunk: string): void {
    this.#erase()
    this.#terminal.write(chunk)
    this.#draw()
  }

  /** Draws it a last time and leaves it standing. */
  end(): void {
    clearInterval(this.#timer)
    this.#draw()
    if (this.#drawn) this.#terminal.write('\n')
    this.#drawn = false
  }

  #draw(): void {
    this.#erase()
    this.#terminal.write(this.#text().slice(0, Math.max(this.#terminal.columns - 1, 1)))
    this.#drawn = true
  }

  #erase(): void {
    if (!this.#drawn) return
    clearLine(this.#terminal, 0)
    cursorTo(this.#terminal, 0)
    this.#drawn = false
  }
}
