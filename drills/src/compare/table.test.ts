import { expect, test } from 'vitest'
import { sampleRow } from './row.samples.ts'
import { renderTable } from './table.ts'

test('shows every number of a row, and marks an unsafe way', () => {
  const rows = [
    sampleRow(),
    sampleRow({
      kind: 'producers',
      way: 'acks-one',
      isSafe: false,
      lost: 502,
      secondEffects: null,
    }),
  ]
  const lines = renderTable(rows).split('\n')
  const cells = (word: string): string[] =>
    (lines.find((line) => line.includes(word)) ?? '').split('│').map((cell) => cell.trim())
  const safe = ['consumer-auto', 'kill -9', '400', '0', '2', '0', '10.3', 'something']
  expect(cells('consumer-auto').slice(1, -1)).toEqual(safe)
  const unsafe = ['acks-one (unsafe)', 'kill -9', '400', '502', '2', '–', '10.3', 'something']
  expect(cells('acks-one').slice(1, -1)).toEqual(unsafe)
})
