import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { profileArgs, readServiceProfile } from './service-profile.ts'

/** It tells when it began and ended its work, and has a thread beside it. */
const PROGRAM = `
new (require('node:worker_threads').Worker)('', { eval: true }).once('exit', () => {
  function work() {
    // So many, and not so long: it takes many looks of the profiler on a busy machine as well.
    for (let at = 0; at < 400_000; at += 1) JSON.stringify({ at })
  }
  const fromMs = Date.now()
  work()
  process.stdout.write(JSON.stringify({ fromMs, toMs: Date.now() }))
})`

function profileProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'service-profile-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const args = [...profileArgs(folder), '--eval', PROGRAM]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { folder, window: JSON.parse(stdout) as { fromMs: number; toMs: number } }
}

test('a process of node writes a profile, of which the measured stretch is added up', () => {
  const { folder, window } = profileProgram()
  const profile = readServiceProfile({ who: 'a program', folder }, window)
  expect(profile.isMeasuredStretch).toBe(true)
  // Nothing but the work lies in it: starting node is outside.
  expect(profile.functions[0]?.name).toBe('work')
  expect(profile.busyMs).toBeLessThanOrEqual(window.toMs - window.fromMs + 1)
})

test('where the stretch is not known, the whole life is', () => {
  const { folder } = profileProgram()
  const whole = readServiceProfile({ who: 'a program', folder }, null)
  expect(whole.isMeasuredStretch).toBe(false)
  const elsewhere = readServiceProfile({ who: 'a program', folder }, { fromMs: 0, toMs: 1 })
  expect(elsewhere.isMeasuredStretch).toBe(false)
  expect(elsewhere.busyMs).toBe(whole.busyMs)
})

test('a process that has written nothing is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'service-profile-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(() => readServiceProfile({ who: 'producer', folder }, null)).toThrow(
    'producer has written no profile',
  )
})
