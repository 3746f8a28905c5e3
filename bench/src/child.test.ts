import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { Child, runChild } from './child.ts'

const LIMIT_MS = 60_000

function start(code: string): Child {
  const args = ['--eval', code]
  const where = { env: { PATH: process.env['PATH'] }, cwd: tmpdir() }
  return new Child({ label: 'a program', command: process.execPath, args, ...where })
}

test('a program stays until its stdin is closed', async () => {
  const child = start("console.log('ready'); process.stdin.resume()")
  expect(await child.finish()).toBe(0)
  expect(child.output).toBe('ready\n')
  expect(child.hasEnded).toBe(true)
})

test('one that fails is told with its last words', async () => {
  const child = start("throw new Error('no brokers')")
  const { signal } = new AbortController()
  const told = 'a program ended with 1: Error: no brokers'
  await expect(runChild(child, LIMIT_MS, signal)).rejects.toThrow(told)
})

test('one that is not there is told as well', async () => {
  const where = { env: {}, cwd: tmpdir() }
  const child = new Child({ label: 'nobody', command: 'no-such-program', args: [], ...where })
  const { signal } = new AbortController()
  await expect(runChild(child, LIMIT_MS, signal)).rejects.toThrow(/ENOENT/)
  expect(await child.kill()).toBeNull()
})

test('the signal ends a program that would stay', async () => {
  const stop = new AbortController()
  const child = start('process.stdin.resume()')
  const running = runChild(child, LIMIT_MS, stop.signal)
  stop.abort(new Error('stopped by a signal'))
  await expect(running).rejects.toThrow('stopped by a signal')
  expect(child.hasEnded).toBe(true)
})

test('a signal that came before ends it too', async () => {
  const child = start('process.stdin.resume()')
  const signal = AbortSignal.abort(new Error('stopped by a signal'))
  await expect(runChild(child, LIMIT_MS, signal)).rejects.toThrow('stopped by a signal')
  expect(await child.ended).toBeNull()
})
