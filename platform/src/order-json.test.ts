import fc from 'fast-check'
import { expect, it } from 'vitest'
import { linesJson } from './order-json.ts'

it('is the JSON of these lines, whatever came under the same number before', () => {
  const line = fc.record({
    // Few numbers, so that the same one comes again with another name.
    sku: fc.constantFrom('A', 'B', '"', 'ü'),
    name: fc.string({ unit: 'binary', maxLength: 4 }),
    quantity: fc.nat(),
    unitPriceCents: fc.maxSafeInteger(),
  })
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(linesJson(lines)).toBe(JSON.stringify(lines))
    }),
  )
})
