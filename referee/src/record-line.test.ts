import { expect, it } from 'vitest'
import { parseRecord, separatorsOf } from './record-line.ts'

const separators = separatorsOf('cafe')

function line(...fields: string[]): Buffer {
  return Buffer.from(fields.join(separators.field))
}

it('reads a line of the console consumer', () => {
  const headers = [`a:x\\x0Ay`, `b:`, `n:${separators.nothing}`, 'ü\t\n:1:2', 'x\n:y\\L:z'].join(
    separators.header,
  )
  const record = parseRecord(
    line('CreateTime:17', 'Partition:2', 'Offset:5', headers, separators.nothing, '\\x00\\x5CN a'),
    separators,
  )
  expect(record).toEqual({
    timestamp: 17,
    partition: 2,
    offset: 5,
    headers: [
      { name: 'a', value: Buffer.from('x\ny') },
      { name: 'b', value: Buffer.alloc(0) },
      { name: 'n', value: null },
      { name: 'ü\t\n', value: Buffer.from('1:2') },
      { name: 'x\n:y\\L', value: Buffer.from('z') },
    ],
    key: null,
    value: Buffer.from('\0\\N a'),
  })
})

it('tells empty from none, and no headers from some', () => {
  const { headers, key, value } = parseRecord(
    line('CreateTime:-1', 'Partition:0', 'Offset:0', 'NO_HEADERS', '', 'NO_HEADERS'),
    separators,
  )
  expect([headers, key, value]).toEqual([[], Buffer.alloc(0), Buffer.from('NO_HEADERS')])
})

it('knows the sign for nothing as well where the tool has escaped it', () => {
  const { key, value } = parseRecord(
    line('CreateTime:1', 'Partition:0', 'Offset:0', 'NO_HEADERS', 'k', '\\x5CNcafe'),
    separators,
  )
  expect([key, value]).toEqual([Buffer.from('k'), null])
})

it.each([
  ['a field too few', line('CreateTime:1', 'Partition:0', 'Offset:0', 'NO_HEADERS', 'k')],
  ['no offset', line('CreateTime:1', 'Partition:0', 'x', 'NO_HEADERS', 'k', 'v')],
  ['half an escape', line('CreateTime:1', 'Partition:0', 'Offset:0', 'NO_HEADERS', 'k', '\\x1')],
])('throws at %s', (_what, bytes) => {
  expect(() => parseRecord(bytes, separators)).toThrow('console consumer')
})
