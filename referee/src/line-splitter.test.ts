import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

it('gives the same lines however the bytes are cut', () => {
  const parts = fc.array(fc.constantFrom('a', '\\', '\\x', '\\x\n', '\n', '\u2028'), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(parts, fc.array(fc.nat(6)), (texts, sizes) => {
      const whole = Buffer.from(texts.join(''))
      const splitter = new LineSplitter('\\x\n', 1_000)
      const lines: string[] = []
      let at = 0
      for (const size of [...sizes, whole.length]) {
        const chunk = whole.subarray(at, at + size)
        lines.push(...splitter.push(chunk).map(String))
        at += chunk.length
      }
      lines.push(String(splitter.rest()))
      expect(lines).toEqual(whole.toString().split('\\x\n'))
    }),
  )
})

it('refuses a line that does not end', () => {
  const splitter = new LineSplitter('\n', 10)
  splitter.push(Buffer.alloc(10))
  expect(() => splitter.push(Buffer.alloc(1))).toThrow('more than 10 bytes')
})
