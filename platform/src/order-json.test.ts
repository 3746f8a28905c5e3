import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customerJson, linesJson, textJson } from './order-json.ts'
import { sampleOrder } from './ledger.samples.ts'

// Few ids, so that the same one comes again with another name.
const id = fc.constantFrom('A', 'B', '"', 'ü')
const text = fc.string({ unit: 'binary', maxLength: 4 })
const line = fc.record({
  sku: id,
  name: text,
  quantity: fc.nat(),
  unitPriceCents: fc.maxSafeInteger(),
})

describe('JSON of an order', () => {
  it('is that of these lines, whatever came under the same number before', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(linesJson(lines)).toBe(JSON.stringify(lines))
      }),
    )
  })

  it('is that of this customer, whatever came under the same id before', () => {
    fc.assert(
      fc.property(id, text, text, (customerId, customerName, customerEmail) => {
        const customer = { customerId, customerName, customerEmail }
        const json = customerJson({ ...sampleOrder(1), ...customer })
        expect(`{${json}}`).toBe(JSON.stringify(customer))
      }),
    )
  })

  it('is that of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(textJson(any)).toBe(JSON.stringify(any))
      }),
      { examples: [[''], ['C-8ac5bc'], ['a\n'], ['"']] },
    )
  })
})
