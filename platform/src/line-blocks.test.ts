import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLineBlocks, type TextLine } from './line-blocks.ts'

async function linesOf(chunks: Buffer[], lineBytesMax: number): Promise<TextLine[]> {
  const lines: TextLine[] = []
  async function* source() {
    yield* chunks
  }
  for await (const block of readLineBlocks(source(), lineBytesMax)) lines.push(...block)
  return lines
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

describe('readLineBlocks', () => {
  it('finds the same lines however the bytes are cut into chunks', async () => {
    const texts = fc.array(fc.stringMatching(/^[a-zä😀]{0,6}$/u))
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const found = await linesOf(chunksOf(bytes, size), 100)
        expect(found.map(({ text }) => text)).toEqual(lines)
        for (const { start, text } of found) {
          const end = start + Buffer.byteLength(text ?? '')
          expect(bytes.toString('utf8', start, end)).toBe(text)
        }
        expect(found.map(({ number }) => number)).toEqual(lines.map((_, at) => at + 1))
      }),
    )
  })

  it('says that a last line without a line break has none', async () => {
    const lines = await linesOf([Buffer.from('a\nb')], 100)
    expect(lines.map(({ text, ended }) => [text, ended])).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  it('gives no text of a line that is too long, and goes on behind it', async () => {
    const bytes = Buffer.from(`ok\n${'x'.repeat(50)}\nfine\n`)
    for (const size of [3, 100]) {
      const lines = await linesOf(chunksOf(bytes, size), 10)
      expect(lines.map(({ text }) => text)).toEqual(['ok', null, 'fine'])
      expect(lines.at(2)).toMatchObject({ number: 3, start: 54 })
    }
  })

  it('finds no line in nothing', async () => {
    expect(await linesOf([], 10)).toEqual([])
  })
})
