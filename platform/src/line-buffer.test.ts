import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineBuffer } from './line-buffer.ts'

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 })

describe('LineBuffer', () => {
  it('holds the UTF-8 of all that was added, however often it had to grow', () => {
    fc.assert(
      fc.property(texts, (added) => {
        const lines = new LineBuffer(4)
        for (const text of added) lines.add(text)
        expect(lines.written.toString()).toBe(added.join(''))
      }),
    )
  })

  it('begins anew, and does not show what was there before', () => {
    const lines = new LineBuffer(4)
    lines.add('something long')
    lines.clear()
    lines.add('short')
    expect(lines.written.toString()).toBe('short')
  })

  it('says that there is room only for what cannot be too long in any script', () => {
    const lines = new LineBuffer(4)
    lines.add('1234')
    expect(lines.hasRoom('12', 10)).toBe(true)
    expect(lines.hasRoom('123', 10)).toBe(false)
  })
})
