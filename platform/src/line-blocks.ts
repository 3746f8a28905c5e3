/** One line of a text file. */
export interface TextLine {
  /** From 1. */
  number: number
  /** Where the line begins, in bytes from the start of the file. */
  start: number
  /** The line without its line break, or null where it is longer than allowed. */
  text: string | null
  /** Whether a line break follows: only the last line of a file can be without one. */
  ended: boolean
}

const LINE_BREAK = 0x0a

/**
 * Cuts a stream of bytes into lines and hands them on in blocks, one for each chunk: far faster
 * than line by line, and never more in memory than a chunk and one line of `lineBytesMax`.
 */
export async function* readLineBlocks(
  chunks: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<TextLine[]> {
  const cutter = new LineCutter(lineBytesMax)
  for await (const chunk of chunks) {
    const lines = cutter.cut(chunk)
    if (lines.length > 0) yield lines
  }
  const rest = cutter.rest()
  if (rest !== null) yield [rest]
}

class LineCutter {
  readonly #lineBytesMax: number
  #number = 1
  #start = 0
  /** The beginning of a line whose end has not been read yet; emptied where it is too long. */
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax
  }

  cut(chunk: Buffer): TextLine[] {
    const lines: TextLine[] = []
    let from = 0
    for (let to = chunk.indexOf(LINE_BREAK); to >= 0; to = chunk.indexOf(LINE_BREAK, from)) {
      this.#hold(chunk.subarray(from, to))
      lines.push(this.#take(true))
      from = to + 1
    }
    // A copy, because the line may outlive the chunk many times over.
    if (from < chunk.length) this.#hold(Buffer.from(chunk.subarray(from)))
    return lines
  }

  rest(): TextLine | null {
    return this.#heldBytes > 0 ? this.#take(false) : null
  }

  #hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#lineBytesMax) this.#held = []
    else this.#held.push(bytes)
  }

  #take(ended: boolean): TextLine {
    const text = this.#heldBytes > this.#lineBytesMax ? null : this.#text()
    const line = { number: this.#number, start: this.#start, text, ended }
    this.#number += 1
    this.#start += this.#heldBytes + (ended ? 1 : 0)
    this.#held = []
    this.#heldBytes = 0
    return line
  }

  #text(): string {
    const [first] = this.#held
    if (first === undefined) return ''
    return (this.#held.length === 1 ? first : Buffer.concat(this.#held)).toString('utf8')
  }
}
