import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { armFaultPoint, CONSUMER_FAULT_POINTS, parseFaultPlan } from './fault-point.ts'
import { readSettings, faultPlan } from './settings.ts'

test('a plan names a point, a passage and what happens there', () => {
  expect(parseFaultPlan('after-write:7:kill', CONSUMER_FAULT_POINTS)).toEqual({
    point: 'after-write',
    nth: 7,
    stallMs: null,
  })
  expect(parseFaultPlan('before-commit:1:stall-2500', CONSUMER_FAULT_POINTS)).toMatchObject({
    stallMs: 2_500,
  })
})

test.each([
  'after-write',
  'after-write:0:kill',
  'after-write:1:explode',
  'after-write:1:stall-999999',
  'before-send:1:kill',
  'after-write:1:kill ',
])('%s is no plan for a consumer, and the settings say what would be one', (text) => {
  expect(parseFaultPlan(text, CONSUMER_FAULT_POINTS)).toBeNull()
  const shape = { FAULT_POINT: faultPlan(CONSUMER_FAULT_POINTS) }
  expect(() => readSettings(shape, { FAULT_POINT: text })).toThrow(
    /FAULT_POINT.*before-write:1:kill/,
  )
})

test('a production process refuses to be broken on purpose', () => {
  const shape = { FAULT_POINT: faultPlan(CONSUMER_FAULT_POINTS) }
  const env = { FAULT_POINT: 'after-write:1:kill', NODE_ENV: 'production' }
  expect(() => readSettings(shape, env)).toThrow(/FAULT_POINT is for drills/)
  expect(readSettings(shape, { NODE_ENV: 'production' })).toEqual({})
})

test('a stall comes once, at the planned passage, and lets nothing else in the process go on', async () => {
  const pass = armFaultPoint({ point: 'after-write', nth: 2, stallMs: 50 })
  let beats = 0
  const heart = setInterval(() => (beats += 1), 1)
  const tookMs = async (point: 'before-write' | 'after-write'): Promise<number> => {
    const startedAt = performance.now()
    await pass(point)
    return performance.now() - startedAt
  }
  await tookMs('before-write')
  await tookMs('after-write')
  expect(await tookMs('after-write')).toBeGreaterThanOrEqual(49)
  expect(beats).toBe(0)
  await tookMs('after-write')
  expect(beats).toBe(0)
  clearInterval(heart)
})

test('a kill is a SIGKILL of the process itself', () => {
  const file = JSON.stringify(new URL('./fault-point.ts', import.meta.url).href)
  const script = `import { armFaultPoint } from ${file}
    const pass = armFaultPoint({ point: 'after-write', nth: 2, stallMs: null })
    await pass('after-write')
    process.stdout.write('first\\n')
    await pass('after-write')
    process.stdout.write('second\\n')`
  const { signal, stdout } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx/esm'), '--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 30_000 },
  )
  expect(signal).toBe('SIGKILL')
  expect(stdout).toBe('first\n')
})
