import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HealthFile } from './health.ts'
import { UserError } from './user-error.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orders-health-'))
  file = join(folder, 'healthy')
})

afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

test('says nothing before the first refresh, not even what an earlier process has left', () => {
  writeFileSync(file, 'of yesterday')
  const health = new HealthFile(file)
  expect(existsSync(file)).toBe(false)
  health.refresh()
  expect(existsSync(file)).toBe(true)
  health.remove()
  expect(existsSync(file)).toBe(false)
})

test('is written at most every five seconds', () => {
  const health = new HealthFile(file)
  const written = (now: number): string => {
    health.refresh(now)
    return readFileSync(file, 'utf8').trim()
  }
  expect(written(0)).toBe('1970-01-01T00:00:00.000Z')
  expect(written(4_999)).toBe('1970-01-01T00:00:00.000Z')
  expect(written(5_000)).toBe('1970-01-01T00:00:05.000Z')
})

test('is kept fresh until that is ended', () => {
  vi.useFakeTimers({ now: 0 })
  const health = new HealthFile(file)
  const end = health.keepFresh()
  vi.advanceTimersByTime(60_000)
  expect(readFileSync(file, 'utf8')).toBe('1970-01-01T00:01:00.000Z\n')
  end()
  vi.advanceTimersByTime(60_000)
  expect(readFileSync(file, 'utf8')).toBe('1970-01-01T00:01:00.000Z\n')
})

test('a path that cannot be written is one line at the start, and harmless later', () => {
  expect(() => new HealthFile(join(folder, 'missing', 'healthy'))).toThrow(UserError)
  const health = new HealthFile(file)
  rmSync(folder, { recursive: true })
  expect(() => health.refresh()).not.toThrow()
})

test('without a file it does nothing', () => {
  const health = new HealthFile(undefined)
  health.refresh()
  health.keepFresh()()
  health.remove()
})
