import { expect, test } from 'vitest'
import { lastWords } from './last-words.ts'

test('a line that names an error goes before the code that made it', () => {
  const output = 'bindings.js:126\n  err = new Error(\n\nError: Could not locate the file.\n at x\n'
  expect(lastWords(output)).toBe('Error: Could not locate the file.')
})

test('of what npm and its helpers say, the line that says something', () => {
  const output = 'npm error code 1\nnpm error path /x\nnpm error command failed\n'
  expect(lastWords(output)).toBe('npm error command failed')
  expect(lastWords(`${output}gyp ERR! stack Error: a\ngyp ERR! not ok\n`)).toBe('gyp ERR! not ok')
})

test('anything is better than nothing', () => {
  expect(lastWords('\n killed \n')).toBe('killed')
  expect(lastWords('')).toBe('it said nothing')
})
