import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Service } from './service.ts'
import { until } from './until.ts'

const LIMIT_MS = 30_000
const { signal } = new AbortController()

function startService(args: string[], env: Record<string, string>): Service {
  const folder = mkdtempSync(join(tmpdir(), 'orders-service-'))
  const service = new Service({ kind: 'producer', label: 'producer-1', folder, args, env })
  onTestFinished(async () => {
    await service.abandon()
    rmSync(folder, { recursive: true, force: true })
  })
  return service
}

test('what ends by itself with a failure is unexpected, and is started again', async () => {
  const service = startService(['--nonsense'], {})
  const wait = { what: 'two lives have ended', limitMs: LIMIT_MS, signal }
  await until(wait, () => service.endings.length >= 2)
  expect(service.endings[0]).toMatchObject({ life: 1, code: 1, isCaused: false })
  expect(service.unexpectedEndings.length).toBeGreaterThanOrEqual(2)
  expect(readFileSync(service.logFile, 'utf8')).toContain('nonsense')
})

test('what a drill ends is expected; the next life has the next environment once', async () => {
  const away = { KAFKA_BROKERS: 'localhost:1', LOG_FORMAT: 'json' }
  const service = startService([], { ...away, FAULT_POINT: 'before-send:1:kill' })
  expect(service.isListening).toBe(false)
  await service.untilSaid(/waiting for Kafka/, signal)
  expect(service.isListening).toBe(true)
  expect(service.nextEnv).toEqual(away)
  expect(await service.restartWith({ LOG_LEVEL: 'warn' })).toMatchObject({ life: 1, code: 0 })
  expect(service.lives).toBe(2)
  const ending = await service.kill()
  expect(ending).toMatchObject({ life: 2, signal: 'SIGKILL', isCaused: true })
  const wait = { what: 'the third life has begun', limitMs: LIMIT_MS, signal }
  await until(wait, () => service.lives === 3)
  await service.abandon()
  expect(service.isRetired).toBe(true)
  expect(service.unexpectedEndings).toEqual([])
  expect(service.traceFiles.map((file) => existsSync(file))).toEqual([false, false, false])
  // The first has said something and must have written one; the last was ended before it could.
  expect(service.writtenTraces).toContain(service.traceFiles[0])
  expect(service.writtenTraces).not.toContain(service.traceFiles[2])
})
