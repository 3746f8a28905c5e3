import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cutLastSteps, readSteps } from './append-only-file.ts'

function command(...words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return `*${words.length}\r\n${parts.join('')}`
}

const first = command('SELECT', '0')
const second = command('SET', 'a\r\n*1\r\n', 'ü')
const transaction = ['MULTI', 'HSET', 'EXEC'].map((word) => command(word)).join('')

test('a step is a command, or a transaction as a whole', () => {
  const bytes = Buffer.from(first + second + transaction)
  const ends = [first, first + second, first + second + transaction]
  expect(readSteps(bytes).ends).toEqual(ends.map((text) => Buffer.byteLength(text)))
})

test('a torn end is no step, and a snapshot is refused', () => {
  const torn = Buffer.from(first + second.slice(0, -3))
  expect(readSteps(torn).ends).toEqual([Buffer.byteLength(first)])
  expect(() => readSteps(Buffer.from('REDIS0009\r\n'))).toThrow('begins no command')
})

test('the last steps are cut off at the end of the one before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aof-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'appendonly.aof')
  writeFileSync(file, first + second + transaction)
  expect(cutLastSteps(folder, 1)).toMatchObject({ steps: 1, bytes: transaction.length })
  expect(readFileSync(file, 'utf8')).toBe(first + second)
  expect(cutLastSteps(folder, 100)).toMatchObject({ steps: 2 })
  expect(readFileSync(file, 'utf8')).toBe('')
})
