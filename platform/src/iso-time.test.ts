import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime } from './iso-time.ts'

describe('isoTime', () => {
  it('writes every time as a date writes it, in any sequence', () => {
    const time = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
    const near = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 0, 1) + 3_000 })
    fc.assert(
      fc.property(fc.oneof(time, near), (ms) => {
        expect(isoTime(ms)).toBe(new Date(ms).toISOString())
      }),
      { numRuns: 2_000 },
    )
  })
})
